package dev.lathe.frontend.family;

import dev.lathe.frontend.config.AttentionWindows;
import dev.lathe.frontend.config.ConfigFields;
import dev.lathe.frontend.config.FamilyDefaults;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.frontend.spi.ModelImporter;
import dev.lathe.ir.ModelBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Qwen 3 with experts, 30B-A3B and 235B-A22B: as Qwen 3; the feed-forward layer of every
/// `decoder_sparse_step`-th layer that is not among `mlp_only_layers` is a mixture of experts.
public final class Qwen3MoeImporter implements ModelImporter {
  private static final int EXPERTS = 128;
  private static final int TOP_K = 8;
  private static final int WIDTH = 768;
  private static final int MAX_LAYERS = 1 << 12;
  private static final ExpertLayer.Names NAMES =
      new ExpertLayer.Names("gate_proj", "up_proj", "down_proj");

  @Override
  public String id() {
    return "qwen3-moe";
  }

  @Override
  public List<String> architectures() {
    return List.of("Qwen3MoeForCausalLM");
  }

  @Override
  public FamilyDefaults defaults() {
    return new FamilyDefaults(false, 32_768, Optional.of(4), Optional.empty())
        .withNames(Map.of("num_experts", List.of("num_experts", "num_local_experts")));
  }

  @Override
  public boolean ignores(String tensor) {
    return GatedDecoder.isRotaryBuffer(tensor);
  }

  @Override
  public void define(ModelConfig config, ImportOptions options, ModelBuilder model) {
    ConfigFields fields = config.fields();
    boolean bias = fields.flag("attention_bias").orElse(false);
    var traits = GatedDecoder.Traits.PLAIN.withAttentionBias(bias).withHeadNorms();
    boolean normalise = fields.flag("norm_topk_prob").orElse(false);
    ExpertLayer experts =
        new ExpertFields(config)
            .layer(EXPERTS, TOP_K, normalise, "moe_intermediate_size", WIDTH, NAMES);
    int step = fields.integer("decoder_sparse_step", 1, MAX_LAYERS).orElse(1);
    List<Integer> dense = fields.integers("mlp_only_layers", 0, MAX_LAYERS);
    new GatedDecoder(config, traits, AttentionWindows.ofUpperLayers(config))
        .withExperts((layer, in, index) ->
            dense.contains(index) || (index + 1) % step != 0
                ? Optional.empty()
                : Optional.of(experts.define(layer, "mlp", in)))
        .define(options, model);
  }
}
