/// Checkpoints in the layout of TensorRT-LLM, made here out of those in the layout of Hugging Face:
/// both must become one engine.
@NullMarked
package dev.lathe.tests.layout;

import org.jspecify.annotations.NullMarked;
