package dev.lathe.tests.architecture.planted.runtime;

/// Planted: shares state with everybody.
final class StaticThatChanges {
  @SuppressWarnings("NonFinalStaticField")
  static int count;

  private StaticThatChanges() {}
}
