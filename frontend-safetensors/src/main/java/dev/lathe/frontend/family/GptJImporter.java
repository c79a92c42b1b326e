package dev.lathe.frontend.family;

import dev.lathe.frontend.config.FamilyDefaults;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.frontend.spi.ModelImporter;
import dev.lathe.ir.AttentionSpec;
import dev.lathe.ir.Heads;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.RotarySpec;
import dev.lathe.ir.Value;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// GPT-J: one norm for attention and feed-forward layer, which run side by side; neighbouring
/// elements at the start of each head are rotated; the head has a bias.
public final class GptJImporter implements ModelImporter {
  private static final Pattern BUFFER =
      Pattern.compile("transformer\\.h\\.\\d+\\.attn\\.(bias|masked_bias)");
  private static final int ROTARY_DIM = 64;

  @Override
  public String id() {
    return "gptj";
  }

  @Override
  public List<String> architectures() {
    return List.of("GPTJForCausalLM");
  }

  @Override
  public FamilyDefaults defaults() {
    return FamilyDefaults.of(false, 2048)
        .withEpsilon(1e-5)
        .withActivation("gelu_new")
        .withInnerFactor(4)
        .withNames(Gpt2Importer.NAMES);
  }

  /// Masks that follow from the positions.
  @Override
  public boolean ignores(String tensor) {
    return BUFFER.matcher(tensor).matches();
  }

  @Override
  public void define(ModelConfig config, ImportOptions options, ModelBuilder outer) {
    int vocabulary = config.vocabularySize();
    ModelBuilder model = outer.within("", "transformer");
    Value table = model.weight("embedding", "wte.weight", vocabulary, config.hiddenSize());
    RotarySpec rotary =
        new RotaryTables(config, options, model)
            .neighbours("rotary", config.rotaryOfWholeHeads(), rotaryDim(config));
    Value h = model.embedding("embedding", table);
    for (int i = 0; i < config.layers(); i++) {
      h = layer(config, model.within("layers." + i, "h." + i), h, rotary);
    }
    Value last = model.layerNorm("norm", h, "ln_f", config.epsilon());
    Value head =
        config.tiedEmbeddings()
            ? table
            : outer.weight("lm_head", "lm_head.weight", vocabulary, config.hiddenSize());
    Value bias = outer.weight("lm_head.bias", "lm_head.bias", vocabulary);
    model.logits(model.logitsLinear("lm_head", last, head, Optional.of(bias)));
  }

  /// A field that is null rotates whole heads.
  private static int rotaryDim(ModelConfig config) {
    int absent = config.fields().mentions("rotary_dim") ? config.headDim() : ROTARY_DIM;
    int rotaryDim = config.fields().integer("rotary_dim", 2, config.headDim()).orElse(absent);
    if (rotaryDim % 2 != 0 || rotaryDim > config.headDim()) {
      throw config
          .fields()
          .unsupported("rotary_dim", String.valueOf(rotaryDim), "even, at most the head size");
    }
    return rotaryDim;
  }

  private static Value layer(ModelConfig config, ModelBuilder layer, Value h, RotarySpec rotary) {
    Heads heads = config.attentionHeads();
    Value x = layer.layerNorm("norm", h, "ln_1", config.epsilon());
    Value context =
        QueryKeyValue.projected(layer, x, "attn", heads, false)
            .rotated(rotary)
            .attend(AttentionSpec.full(heads));
    Value attended =
        layer.linear("attention.out", context, "attn.out_proj", config.hiddenSize(), false);
    Value down = FeedForward.of(config, true).plain(layer, x, "mlp.fc_in", "mlp.fc_out");
    return layer.add("mlp.residual", layer.add("attention.residual", h, attended), down);
  }
}
