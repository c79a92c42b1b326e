package dev.lathe.tests.architecture.planted.runtime;

import java.io.Serializable;

/// Planted: has a serial form.
record SerialForm(int value) implements Serializable {}
