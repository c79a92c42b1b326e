package dev.lathe.cli.wiring;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The layout of an engine directory, as TensorRT-LLM's users know it.
public final class EngineDirectory {
  public static final String ENGINE = "rank0.engine";
  public static final String CONFIG = "config.json";

  private EngineDirectory() {}

  /// The engine file that a user means by a directory, or by the file itself.
  ///
  /// @throws LatheException `no-engine`, exit code 5, if there is none
  public static Path engineFile(Path place) {
    Path file = Files.isDirectory(place) ? place.resolve(ENGINE) : place;
    if (!Files.isRegularFile(file)) {
      throw new LatheException(
          ExitCode.BAD_ENGINE,
          "no-engine",
          "there is no engine at " + file,
          "trtllm-build --output_dir DIR makes one");
    }
    return file;
  }
}
