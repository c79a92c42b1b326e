package dev.lathe.frontend.json;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Bounds on a JSON text that hold before a parser sees it: a parser collects a string in memory
/// before it can refuse it.
final class JsonLimits {
  private static final int QUOTE = '"';
  private static final int BACKSLASH = '\\';

  private JsonLimits() {}

  /// Refuses a text with a string of more than `maxStringBytes` bytes as written.
  static void checkStrings(MemorySegment text, int maxStringBytes) throws JsonFault {
    boolean inString = false;
    long start = 0;
    long size = text.byteSize();
    for (long i = 0; i < size; i++) {
      byte b = text.get(ValueLayout.JAVA_BYTE, i);
      if (b == QUOTE) {
        inString = !inString;
        start = i;
      } else if (inString && b == BACKSLASH) {
        i++;
      }
      if (inString && i - start > maxStringBytes) {
        throw new JsonFault(
            JsonFault.Kind.LIMIT,
            "a string at byte " + start + " is longer than " + maxStringBytes + " bytes");
      }
    }
  }
}
