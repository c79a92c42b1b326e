package dev.lathe.cli.console;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where a command prints. Tests pass streams of their own.
///
/// @param out results
/// @param err progress, notes, errors
/// @param watched true if `err` is a terminal: progress may then redraw a line
public record Console(PrintStream out, PrintStream err, boolean watched) {

  /// The streams of this process, UTF-8.
  public static Console ofProcess() {
    return new Console(
        stream(FileDescriptor.out), stream(FileDescriptor.err), isTerminal("/proc/self/fd/2"));
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  /// Where the system does not tell, nobody watches: plain lines suit any reader.
  private static boolean isTerminal(String descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of(descriptor)).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException unknown) {
      return false;
    }
  }
}
