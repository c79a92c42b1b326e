package dev.lathe.frontend.family;

import dev.lathe.frontend.spi.ModelImporter;
import java.util.List;

/// The list of built-in families, sorted by id.
public final class BuiltInImporters {
  private BuiltInImporters() {}

  public static List<ModelImporter> all() {
    return List.of(
        new Gpt2Importer(),
        new LlamaImporter(),
        new MistralImporter(),
        new OptImporter(),
        new Qwen2Importer(),
        new Qwen3Importer(),
        new Starcoder2Importer());
  }
}
