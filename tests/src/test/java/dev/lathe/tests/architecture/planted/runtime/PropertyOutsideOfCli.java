package dev.lathe.tests.architecture.planted.runtime;

/// Planted: reads system properties through their three back doors.
final class PropertyOutsideOfCli {
  private PropertyOutsideOfCli() {}

  static boolean anySet() {
    return Boolean.getBoolean("planted")
        || Integer.getInteger("planted") != null
        || Long.getLong("planted") != null;
  }
}
