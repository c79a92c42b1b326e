package dev.lathe.cli.console;

import java.util.Locale;

/// What standard error shows: a level shows itself and everything before it. The seven names of
/// TensorRT-LLM are all known; some mean the same here.
public enum LogLevel {
  INTERNAL_ERROR,
  ERROR,
  WARNING,
  INFO,
  VERBOSE,
  DEBUG,
  TRACE;

  boolean shows(LogLevel line) {
    return line.compareTo(this) <= 0;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
