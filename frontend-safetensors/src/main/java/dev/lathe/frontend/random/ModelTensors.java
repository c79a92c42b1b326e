package dev.lathe.frontend.random;

import dev.lathe.frontend.ImporterRegistry;
import dev.lathe.frontend.ModelLoader;
import java.util.List;

/// The tensors of a model, in the order in which the model uses them.
final class ModelTensors {
  private ModelTensors() {}

  static List<TensorSpec> of(ModelShape shape) {
    String where = shape.name() + ".json";
    return new ModelLoader(ImporterRegistry.builtIn())
        .requiredTensors(where, shape.config()).stream()
            .map(tensor -> new TensorSpec(tensor.tensor(), tensor.expected()))
            .toList();
  }
}
