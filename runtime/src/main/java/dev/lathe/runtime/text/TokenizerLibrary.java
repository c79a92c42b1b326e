package dev.lathe.runtime.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// Loads the native library of the tokenizers, the CPU flavour, from its jar: once in a process.
final class TokenizerLibrary {
  private TokenizerLibrary() {}

  /// Loaded when the class is, and kept: the JVM loads a library once.
  private static final class Holder {
    private static final TokenizersLibrary LOADED = load();
  }

  /// @throws TokenizerLibraryException if this platform has no library, or it cannot be loaded
  static TokenizersLibrary instance() {
    try {
      return Holder.LOADED;
    } catch (ExceptionInInitializerError e) {
      if (e.getCause() instanceof TokenizerLibraryException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private static TokenizersLibrary load() {
    String resource = resource(ManagementFactory.getOperatingSystemMXBean());
    try (InputStream library = TokenizersLibrary.class.getResourceAsStream(resource)) {
      if (library == null) {
        throw new TokenizerLibraryException(
            "there is none for this platform (" + resource + ")", null);
      }
      loadCopy(library, resource.substring(resource.lastIndexOf('/') + 1));
    } catch (IOException | UnsatisfiedLinkError e) {
      throw new TokenizerLibraryException(String.valueOf(e.getMessage()), e);
    }
    return TokenizersLibrary.LIB;
  }

  /// The copy is needed only until the system has mapped it.
  @SuppressWarnings("restricted") // loading native code is what this class is for
  private static void loadCopy(InputStream library, String name) throws IOException {
    Path folder = Files.createTempDirectory("lathe-");
    Path copy = folder.resolve(name);
    try {
      Files.copy(library, copy);
      System.load(copy.toString());
    } finally {
      Files.deleteIfExists(copy);
      Files.deleteIfExists(folder);
    }
  }

  private static String resource(OperatingSystemMXBean system) {
    String arch = system.getArch().equals("amd64") ? "x86_64" : system.getArch();
    boolean mac = system.getName().toLowerCase(Locale.ROOT).startsWith("mac");
    return mac
        ? "/native/lib/osx-" + arch + "/cpu/libtokenizers.dylib"
        : "/native/lib/linux-" + arch + "/cpu/libtokenizers.so";
  }
}
