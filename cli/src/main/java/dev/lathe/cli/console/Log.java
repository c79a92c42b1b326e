package dev.lathe.cli.console;

/// Notes and progress on standard error, as far as the level shows them.
public final class Log {
  private final Console console;
  private final LogLevel level;
  private boolean lineIsOpen;

  public Log(Console console, LogLevel level) {
    this.console = console;
    this.level = level;
  }

  public Console console() {
    return console;
  }

  /// True if stack traces and other details are wanted.
  public boolean isDetailed() {
    return level.shows(LogLevel.VERBOSE);
  }

  /// True if progress is wanted.
  public boolean isInformed() {
    return level.shows(LogLevel.INFO);
  }

  /// Something that the user did not ask for, and should know of.
  public void warning(String sentence) {
    line(LogLevel.WARNING, "warning: " + sentence);
  }

  public void info(String sentence) {
    line(LogLevel.INFO, sentence);
  }

  public void debug(String sentence) {
    line(LogLevel.DEBUG, sentence);
  }

  /// Progress inside a phase. A terminal shows it in one line that is drawn anew; elsewhere the
  /// phase has its line at the end, and this prints nothing.
  public synchronized void progress(String text) {
    if (console.watched() && isInformed()) {
      console.err().print("\r\u001b[K" + text);
      console.err().flush();
      lineIsOpen = true;
    }
  }

  private synchronized void line(LogLevel lineLevel, String text) {
    if (level.shows(lineLevel)) {
      if (lineIsOpen) {
        console.err().print("\r\u001b[K");
        lineIsOpen = false;
      }
      console.err().println(text);
    }
  }
}
