package dev.lathe.frontend.family;

import dev.lathe.frontend.config.AttentionWindows;
import dev.lathe.frontend.config.FamilyDefaults;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.frontend.spi.ModelImporter;
import dev.lathe.ir.ModelBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Mixtral 8x7B and 8x22B: as Mistral, each feed-forward layer a mixture of experts whose weights
/// sum to 1.
public final class MixtralImporter implements ModelImporter {
  private static final int EXPERTS = 8;
  private static final int TOP_K = 2;
  private static final ExpertLayer.Names NAMES = new ExpertLayer.Names("w1", "w3", "w2");

  @Override
  public String id() {
    return "mixtral";
  }

  @Override
  public List<String> architectures() {
    return List.of("MixtralForCausalLM");
  }

  @Override
  public FamilyDefaults defaults() {
    return new FamilyDefaults(false, 131_072, Optional.of(8), Optional.empty())
        .withEpsilon(1e-5)
        .withNames(Map.of("num_experts", List.of("num_local_experts", "num_experts")));
  }

  @Override
  public boolean ignores(String tensor) {
    return GatedDecoder.isRotaryBuffer(tensor);
  }

  @Override
  public void define(ModelConfig config, ImportOptions options, ModelBuilder model) {
    var traits = GatedDecoder.Traits.PLAIN;
    ExpertLayer experts =
        new ExpertFields(config)
            .layer(EXPERTS, TOP_K, true, "intermediate_size", config.intermediateSize(), NAMES);
    new GatedDecoder(config, traits, AttentionWindows.ofAllLayersIfAny(config))
        .withExperts((layer, in, _) -> {
          boolean younger = experts.alwaysStacked() || layer.hasTensor("mlp.gate.weight");
          String module = younger ? "mlp" : "block_sparse_moe";
          return Optional.of(experts.define(layer, module, in));
        })
        .define(options, model);
  }
}
