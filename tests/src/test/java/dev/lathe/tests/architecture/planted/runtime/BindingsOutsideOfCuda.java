package dev.lathe.tests.architecture.planted.runtime;

import org.bytedeco.javacpp.Pointer;

/// Planted: uses the driver's bindings in the wrong package.
record BindingsOutsideOfCuda(Pointer pointer) {}
