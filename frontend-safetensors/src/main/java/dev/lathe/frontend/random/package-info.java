/// Checkpoints with generated weights, for tests and benchmarks of models that one does not have or
/// may not pass on.
///
/// A [dev.lathe.frontend.random.ModelShape] names a model's configuration, a resource beside this
/// package. Its tensors are those that the importer of its architecture asks for.
/// [dev.lathe.frontend.random.CheckpointGenerator] writes them in the Hugging Face layout. Every
/// value is a pure function of the tensor's name, its index and the seed, so equal requests give
/// equal files.
@NullMarked
package dev.lathe.frontend.random;

import org.jspecify.annotations.NullMarked;
