/// What checkpoints of other layouts say, in the terms of the Hugging Face layout, so that one
/// importer a family serves all.
///
/// [dev.lathe.frontend.layout.CheckpointLayout] tells which layout a checkpoint has. In that of
/// Hugging Face, names and fields are already those that importers ask for. That of TensorRT-LLM
/// has a `config.json` with other fields and a file `rank<n>.safetensors` for each rank of a model
/// that is cut along tensors (TP) and along layers (PP); a tensor that an importer asks for is then
/// an expression over the parts of some ranks. How a family's fields and tensors are called and cut
/// is a table ([dev.lathe.frontend.layout.LayoutFamily]), so that a further family is a few lines.
///
/// Reading order: CheckpointLayout, NamedTensors, LayoutFamily and LlamaLayout, RankedConfig,
/// ShardShapes, RankedTensors. Knows nothing of what a model computes.
@NullMarked
package dev.lathe.frontend.layout;

import org.jspecify.annotations.NullMarked;
