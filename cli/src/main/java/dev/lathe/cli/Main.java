package dev.lathe.cli;

/// Where every launcher enters: the first argument is the name of the command.
public final class Main {
  private Main() {}

  /// Prints the version until there are commands.
  public static void main(String[] arguments) {
    String command = arguments.length == 0 ? "lathe" : arguments[0];
    String version = Main.class.getPackage().getImplementationVersion();
    System.out.println(command + " " + (version == null ? "(development build)" : version));
  }
}
