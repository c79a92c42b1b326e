package dev.lathe.frontend.family;

import dev.lathe.frontend.spi.ModelImporter;
import java.util.List;

/// The list of built-in families, sorted by id.
public final class BuiltInImporters {
  private BuiltInImporters() {}

  public static List<ModelImporter> all() {
    return List.of(
        new BertImporter(),
        new BloomImporter(),
        new FalconImporter(),
        new Gemma2Importer(),
        new Gemma3Importer(),
        new Gpt2Importer(),
        new GptJImporter(),
        new GptNeoxImporter(),
        new GraniteImporter(),
        new LlamaImporter(),
        new MistralImporter(),
        new MixtralImporter(),
        new Olmo2Importer(),
        new OptImporter(),
        new Phi3Importer(),
        new Qwen2Importer(),
        new Qwen3Importer(),
        new Qwen3MoeImporter(),
        new StableLmImporter(),
        new Starcoder2Importer());
  }
}
