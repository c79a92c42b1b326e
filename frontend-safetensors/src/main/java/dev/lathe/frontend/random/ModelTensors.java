package dev.lathe.frontend.random;

import dev.lathe.frontend.ImporterRegistry;
import dev.lathe.frontend.ModelLoader;
import dev.lathe.frontend.config.ConfigFields;
import dev.lathe.frontend.config.ModelConfig;
import java.util.ArrayList;
import java.util.List;

/// The tensors of a model, in the order in which the model uses them.
final class ModelTensors {
  private static final int MAX_SIZE = 1 << 24;

  private ModelTensors() {}

  static List<TensorSpec> of(ModelShape shape) {
    String where = shape.name() + ".json";
    ConfigFields config = ConfigFields.parse(where, shape.config());
    if (ModelConfig.architecture(config).equals("GPTJForCausalLM")) {
      return gptJ(config);
    }
    return new ModelLoader(ImporterRegistry.builtIn())
        .requiredTensors(where, shape.config()).stream()
            .map(tensor -> new TensorSpec(tensor.tensor(), tensor.expected()))
            .toList();
  }

  /// No importer reads this family yet. Names as the Hugging Face library has them.
  private static List<TensorSpec> gptJ(ConfigFields config) {
    long hidden = config.requiredInteger("n_embd", 1, MAX_SIZE);
    long inner = config.integer("n_inner", 1, MAX_SIZE).orElse((int) (4 * hidden));
    long vocabulary = config.requiredInteger("vocab_size", 1, MAX_SIZE);
    List<TensorSpec> tensors = new ArrayList<>();
    tensors.add(new TensorSpec("transformer.wte.weight", List.of(vocabulary, hidden)));
    int layers = config.requiredInteger("n_layer", 1, MAX_SIZE);
    for (int i = 0; i < layers; i++) {
      String layer = "transformer.h." + i + ".";
      withBias(tensors, layer + "ln_1", hidden);
      for (String part : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
        tensors.add(new TensorSpec(layer + "attn." + part + ".weight", List.of(hidden, hidden)));
      }
      withBias(tensors, layer + "mlp.fc_in", inner, hidden);
      withBias(tensors, layer + "mlp.fc_out", hidden, inner);
    }
    withBias(tensors, "transformer.ln_f", hidden);
    withBias(tensors, "lm_head", vocabulary, hidden);
    return tensors;
  }

  private static void withBias(List<TensorSpec> tensors, String module, Long... shape) {
    tensors.add(new TensorSpec(module + ".weight", List.of(shape)));
    tensors.add(new TensorSpec(module + ".bias", List.of(shape[0])));
  }
}
