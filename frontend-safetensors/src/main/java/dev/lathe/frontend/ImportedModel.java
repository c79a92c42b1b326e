package dev.lathe.frontend;

import dev.lathe.engine.type.DType;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.ir.Graph;

/// A model as it came out of a checkpoint or a configuration.
///
/// @param importer id of the importer that made it
/// @param dtype of activations and weights
public record ImportedModel(Graph graph, ModelConfig config, String importer, DType dtype) {}
