package dev.lathe.frontend.layout;

import static dev.lathe.frontend.layout.DerivedField.flag;
import static dev.lathe.frontend.layout.DerivedField.number;
import static dev.lathe.frontend.layout.TensorRule.layer;

import dev.lathe.frontend.config.ConfigFields;
import dev.lathe.frontend.config.LayoutTraits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Decoders of the Llama kind whose feed-forward layers are mixtures of experts, in the
/// TensorRT-LLM layout. The experts of a layer are stacked: `mlp.fc` `(E, 2I, H)` is up above gate,
/// other than the names of a layer without experts say, and `mlp.proj` is `(E, H, I)`.
final class ExpertLayout {
  private static final String MODE = "normalization_mode";
  private static final String NORMALISED = "norm_topk_prob";
  private static final int NOT_NORMALISED = 0;
  private static final int RENORMALISED = 1;
  private static final int MAX_EXPERTS = 1 << 12;
  private static final int MAX_MODE = 16;

  private static final AllowedValues ALLOWED = LlamaLayout.ALLOWED.with("hidden_act", "swiglu");

  private static final List<DerivedField> EXPERTS =
      List.of(
          flag(LayoutTraits.STACKED_EXPERTS, _ -> true),
          number("num_experts", fields -> ofExperts(fields, "num_experts")),
          number("num_experts_per_tok", fields -> ofExperts(fields, "top_k")));

  private static final List<TensorRule> TENSORS =
      List.of(
          layer("mlp.gate", "mlp.router", Spread.WHOLE),
          layer("mlp.experts.gate_up_proj", "mlp.fc", Spread.EXPERT_PAIR).asBare(),
          layer("mlp.experts.down_proj", "mlp.proj", Spread.EXPERT_COLUMNS).asBare());

  /// Mixtral. Some versions give it the names of Llama and Mistral.
  static final LayoutFamily MIXTRAL =
      new LayoutFamily(
          Stream.of("MixtralForCausalLM", "LlamaForCausalLM", "MistralForCausalLM")
              .map(name -> LayoutModel.withExperts(name, "MixtralForCausalLM"))
              .toList(),
          LlamaLayout.POSITIONS,
          fields(),
          ALLOWED,
          with(flag(NORMALISED, ExpertLayout::requireNormalised)),
          TensorRule.joined(LlamaLayout.ATTENTION, TENSORS));

  /// Qwen 3 with experts, some of whose layers may have none.
  static final LayoutFamily QWEN3 =
      new LayoutFamily(
          List.of(LayoutModel.withExperts("Qwen3MoeForCausalLM", "Qwen3MoeForCausalLM")),
          LlamaLayout.POSITIONS,
          fields("moe_intermediate_size", "mlp_only_layers", "decoder_sparse_step"),
          ALLOWED.without("qk_layernorm").with("moe_shared_expert_intermediate_size", 0),
          with(flag(NORMALISED, ExpertLayout::isNormalised)),
          TensorRule.joined(
              LlamaLayout.ATTENTION, LlamaLayout.NORMS_OF_HEADS, LlamaLayout.GATED, TENSORS));

  private ExpertLayout() {}

  private static Map<String, String> fields(String... more) {
    Map<String, String> fields = new HashMap<>(LlamaLayout.FIELDS);
    fields.remove("hidden_act");
    for (String name : more) {
      fields.put(name, name);
    }
    return fields;
  }

  private static List<DerivedField> with(DerivedField more) {
    return Stream.concat(EXPERTS.stream(), Stream.of(more)).toList();
  }

  private static int ofExperts(ConfigFields config, String name) {
    return ExpertShards.fields(config).requiredInteger(name, 1, MAX_EXPERTS);
  }

  private static Optional<Integer> mode(ConfigFields config) {
    return ExpertShards.fields(config).integer(MODE, NOT_NORMALISED, MAX_MODE);
  }

  private static boolean requireNormalised(ConfigFields config) {
    int mode = mode(config).orElse(RENORMALISED);
    if (mode != RENORMALISED) {
      throw ExpertShards.fields(config).unsupported(MODE, Integer.toString(mode), "1");
    }
    return true;
  }

  /// The tools of this layout write that the weights of experts are not normalised, whatever the
  /// model's configuration says: only the other value tells something.
  private static boolean isNormalised(ConfigFields config) {
    Optional<Boolean> said = config.flag(NORMALISED);
    if (said.isPresent()) {
      return said.get();
    }
    int mode = mode(config).orElse(NOT_NORMALISED);
    if (mode != RENORMALISED) {
      throw ExpertShards.fields(config)
          .unsupported(
              MODE,
              Integer.toString(mode),
              "1; where a tool wrote 0 for every model, add "
                  + NORMALISED
                  + " to the file as the model's own config.json has it");
    }
    return true;
  }
}
