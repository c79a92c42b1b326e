package dev.lathe.tests.architecture.planted.runtime;

/// Planted: prints.
final class PrinterOutsideOfCli {
  private PrinterOutsideOfCli() {}

  static void print() {
    System.out.println("planted");
  }
}
