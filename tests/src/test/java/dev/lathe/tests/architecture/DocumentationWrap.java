package dev.lathe.tests.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Moves the words that stick out of a line of `///` documentation to the line below.
///
/// All other line breaks stay where the author put them. `scripts/format` runs this file as a
/// program; it therefore uses nothing but the JDK.
final class DocumentationWrap {
  private static final Pattern DOCUMENTATION = Pattern.compile("( *///)( +)(\\S.*)");
  private static final Pattern BLOCK_START = Pattern.compile("([-*+>|#@]|```|\\d+\\. ).*");

  private final Deque<String> pending;
  private final List<String> done = new ArrayList<>();
  private boolean fenced;

  private DocumentationWrap(List<String> lines) {
    pending = new ArrayDeque<>(lines);
  }

  public static void main(String[] paths) throws IOException {
    for (String path : paths) {
      List<String> lines = Files.readAllLines(Path.of(path));
      List<String> wrapped = wrap(lines);
      if (!wrapped.equals(lines)) {
        Files.write(Path.of(path), wrapped);
      }
    }
  }

  static List<String> wrap(List<String> lines) {
    DocumentationWrap wrap = new DocumentationWrap(lines);
    while (!wrap.pending.isEmpty()) {
      wrap.take(wrap.pending.removeFirst());
    }
    return wrap.done;
  }

  private void take(String line) {
    Matcher parts = DOCUMENTATION.matcher(line);
    boolean documents = parts.matches();
    if (documents && parts.group(3).startsWith("```")) {
      fenced = !fenced;
    }
    boolean fits = line.codePointCount(0, line.length()) <= 100;
    if (fits || !documents || fenced || line.contains("://") || parts.group(3).startsWith("|")) {
      done.add(line);
      return;
    }
    int end = breakBefore(line, line.offsetByCodePoints(0, 100), parts.start(3));
    if (end < 0) {
      done.add(line);
      return;
    }
    done.add(line.substring(0, end).stripTrailing());
    putBelow(parts, line.substring(end + 1).strip());
  }

  /// Index of the last space up to `limit` that is in no code span and no link; else of any; else
  /// -1.
  private static int breakBefore(String line, int limit, int start) {
    for (int i = limit; i > start; i--) {
      if (line.charAt(i) == ' ' && isOutsideOfSpans(line.substring(start, i))) {
        return i;
      }
    }
    int any = line.lastIndexOf(' ', limit);
    return any > start ? any : -1;
  }

  private static boolean isOutsideOfSpans(String text) {
    long ticks = text.chars().filter(c -> c == '`').count();
    return ticks % 2 == 0 && text.lastIndexOf('[') <= text.lastIndexOf(']');
  }

  /// Puts the rest of a line before the next one of its paragraph, or on a line of its own.
  private void putBelow(Matcher line, String rest) {
    String indent = line.group(2) + " ".repeat(hanging(line.group(3)));
    String next = pending.peekFirst();
    Matcher below = DOCUMENTATION.matcher(next == null ? "" : next);
    if (below.matches()
        && below.group(1).equals(line.group(1))
        && below.group(2).equals(indent)
        && !BLOCK_START.matcher(below.group(3)).matches()) {
      pending.removeFirst();
      pending.addFirst(line.group(1) + indent + rest + " " + below.group(3));
    } else {
      pending.addFirst(line.group(1) + indent + rest);
    }
  }

  /// How much further the lines below the first one of a block are indented.
  private static int hanging(String text) {
    if (text.startsWith("@")) {
      return 4;
    }
    if (text.startsWith("- ") || text.startsWith("* ")) {
      return 2;
    }
    return text.matches("\\d+\\. .*") ? text.indexOf(' ') + 1 : 0;
  }
}
