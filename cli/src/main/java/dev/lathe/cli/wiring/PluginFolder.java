package dev.lathe.cli.wiring;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// The plugins of a command: while this is open, [#loader()] sees the jars of a folder besides what
/// is on the class path. The loader is that of the thread's context, where libraries look too.
public final class PluginFolder implements AutoCloseable {
  private static final String VARIABLE = "LATHE_PLUGINS";

  private final Thread thread;
  private final ClassLoader before;
  private final Optional<URLClassLoader> opened;

  private PluginFolder(Optional<URLClassLoader> opened) {
    this.thread = Thread.currentThread();
    this.before = loader();
    this.opened = opened;
    opened.ifPresent(thread::setContextClassLoader);
  }

  /// Opens the folder that was given, or else the one that LATHE_PLUGINS names, or else none.
  ///
  /// @throws LatheException `no-plugin-folder`, exit code 2, if it is no folder
  public static PluginFolder open(Optional<Path> given) throws IOException {
    Optional<Path> folder = given.or(PluginFolder::fromEnvironment);
    return new PluginFolder(
        folder.isPresent() ? Optional.of(classes(folder.get())) : Optional.empty());
  }

  private static Optional<Path> fromEnvironment() {
    return Optional.ofNullable(System.getenv(VARIABLE))
        .filter(text -> !text.isBlank())
        .map(Path::of);
  }

  private static URLClassLoader classes(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new LatheException(
          ExitCode.USAGE,
          "no-plugin-folder",
          "the folder of plugins " + folder + " does not exist",
          "--plugin_dir, or else " + VARIABLE + ", names a folder with jars");
    }
    try (Stream<Path> files = Files.list(folder)) {
      URL[] jars =
          files
              .filter(file -> file.toString().endsWith(".jar"))
              .sorted()
              .map(PluginFolder::url)
              .toArray(URL[]::new);
      return new URLClassLoader("plugins", jars, PluginFolder.class.getClassLoader());
    }
  }

  private static URL url(Path file) {
    try {
      return file.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException("every JDK reads " + file, e);
    }
  }

  /// Where services of plugins are looked for.
  public static ClassLoader loader() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return context == null ? PluginFolder.class.getClassLoader() : context;
  }

  /// Forgets the folder.
  @Override
  public void close() throws IOException {
    if (opened.isPresent()) {
      thread.setContextClassLoader(before);
      opened.get().close();
    }
  }
}
