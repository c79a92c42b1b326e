package dev.lathe.frontend.spi;

import dev.lathe.frontend.config.FamilyDefaults;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.ir.ModelBuilder;
import java.util.List;

/// Turns the configuration of one model family into a graph over the family's tensors.
///
/// An importer only says what the model computes. Reading files, finding missing and unused
/// tensors, casting, and made-up weights are the caller's: the same importer serves a checkpoint
/// and a bare configuration. Implementations have a public constructor without parameters and no
/// state.
public interface ModelImporter {

  /// Short lower-case name, unique: `llama`.
  String id();

  /// Class names in `architectures` that this importer reads: `LlamaForCausalLM`.
  List<String> architectures();

  /// Values of fields that the family's configurations may leave out.
  FamilyDefaults defaults();

  /// True for a tensor that checkpoints of the family hold and the model does not need.
  boolean ignores(String tensor);

  /// Writes down the forward pass, from token ids to [ModelBuilder#logits].
  ///
  /// @throws dev.lathe.frontend.config.ConfigException for a configuration that cannot be built
  void define(ModelConfig config, ImportOptions options, ModelBuilder model);
}
