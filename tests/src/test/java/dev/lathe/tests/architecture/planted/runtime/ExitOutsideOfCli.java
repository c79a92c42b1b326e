package dev.lathe.tests.architecture.planted.runtime;

/// Planted: ends the process.
final class ExitOutsideOfCli {
  private ExitOutsideOfCli() {}

  static void exit() {
    Runtime.getRuntime().exit(1);
    System.exit(1);
  }
}
