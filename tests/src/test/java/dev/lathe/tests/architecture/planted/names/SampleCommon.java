package dev.lathe.tests.architecture.planted.names;

/// Planted: a name that says nothing.
record SampleCommon() {}
