/// `config.json` and `generation_config.json` of Hugging Face checkpoints, as values that an
/// importer can trust.
///
/// Both generations of field names are read: those of transformers 4 (`torch_dtype`, `rope_theta`,
/// `rope_scaling`) and of transformers 5 (`dtype`, `rope_parameters`). A field that is missing, of
/// a wrong type, out of range, or asks for what is not supported is a
/// [dev.lathe.frontend.config.ConfigException] that names it. Absent fields get the default of the
/// model's class, as the Hugging Face library gives them.
///
/// Reading order: ConfigFields, ModelConfig, RotaryConfig, AttentionWindows. Knows nothing of
/// tensors or graphs.
@NullMarked
package dev.lathe.frontend.config;

import org.jspecify.annotations.NullMarked;
