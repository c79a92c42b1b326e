package dev.lathe.cli.console;

/// The version of this installation.
public final class Version {
  private Version() {}

  /// `0.1.0`, or `development` where the classes come from no jar.
  public static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
