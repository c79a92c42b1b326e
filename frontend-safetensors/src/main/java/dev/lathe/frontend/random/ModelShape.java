package dev.lathe.frontend.random;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/// A model's configuration by name. To add one, put its `config.json` beside the others as
/// `NAME.json` and its name into the list.
///
/// @param config bytes of `config.json`
public record ModelShape(String name, byte[] config) {
  private static final List<String> NAMES =
      List.of(
          "gpt-j-6b",
          "llama-2-7b",
          "llama-3-8b",
          "mistral-7b",
          "mixtral-8x7b",
          "qwen2.5-7b",
          "qwen3-30b-a3b",
          "qwen3-8b",
          "tiny");

  /// The names that there are, sorted.
  public static List<String> names() {
    return NAMES;
  }

  /// @throws LatheException with the code `unknown-shape` if there is none of that name
  public static ModelShape named(String name) {
    if (!NAMES.contains(name)) {
      throw new LatheException(
          ExitCode.USAGE,
          "unknown-shape",
          "there is no model shape '" + name + "'",
          "known: " + String.join(", ", NAMES));
    }
    try (InputStream resource = ModelShape.class.getResourceAsStream(name + ".json")) {
      if (resource == null) {
        throw new IllegalStateException("no resource for the shape " + name);
      }
      return new ModelShape(name, resource.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
