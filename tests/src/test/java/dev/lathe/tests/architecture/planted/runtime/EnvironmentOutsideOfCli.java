package dev.lathe.tests.architecture.planted.runtime;

import org.jspecify.annotations.Nullable;

/// Planted: reads the environment.
final class EnvironmentOutsideOfCli {
  private EnvironmentOutsideOfCli() {}

  static @Nullable String home() {
    return System.getenv("HOME");
  }
}
