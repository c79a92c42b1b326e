package dev.lathe.runtime;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.file.EngineFile;
import dev.lathe.engine.file.EngineReader;
import dev.lathe.runtime.device.Device;
import dev.lathe.runtime.text.Tokenizer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Makes an engine from a file: verify, find a tokenizer, open a device. What was opened is closed
/// again if a later part fails.
final class EngineLoader {
  private static final String TOKENIZER = "tokenizer.json";

  private EngineLoader() {}

  static Engine load(Path path, EngineOptions options) {
    int threads = Runtime.getRuntime().availableProcessors();
    EngineFile file = EngineReader.open(path, EngineReader.Options.verifying(threads));
    try {
      return load(file, options);
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  private static Engine load(EngineFile file, EngineOptions options) {
    Optional<Tokenizer> tokenizer = tokenizer(file, options);
    try {
      Device device = Devices.open(file.manifest(), options);
      return new Engine(new FileImage(file), device, tokenizer, file);
    } catch (RuntimeException | Error e) {
      tokenizer.ifPresent(Tokenizer::close);
      throw e;
    }
  }

  private static Optional<Tokenizer> tokenizer(EngineFile file, EngineOptions options) {
    if (options.tokenizer().isPresent()) {
      return Optional.of(new Tokenizer(read(options.tokenizer().get())));
    }
    MemorySegment inside = file.tokenizer().get(TOKENIZER);
    return inside == null
        ? Optional.empty()
        : Optional.of(new Tokenizer(inside.toArray(ValueLayout.JAVA_BYTE)));
  }

  private static byte[] read(Path place) {
    Path json = Files.isDirectory(place) ? place.resolve(TOKENIZER) : place;
    try {
      return Files.readAllBytes(json);
    } catch (IOException e) {
      throw new LatheException(
          ExitCode.USAGE,
          "no-tokenizer",
          "The tokenizer " + json + " cannot be read: " + e.getClass().getSimpleName() + ".",
          "Name a directory with a tokenizer.json.",
          e);
    }
  }
}
