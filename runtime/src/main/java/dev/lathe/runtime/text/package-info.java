/// Between text and token ids.
///
/// [dev.lathe.runtime.text.Tokenizer] runs a `tokenizer.json` through the native library of the
/// Hugging Face tokenizers crate, which comes with its Java binding. Only the binding's table of
/// native methods is used: its loader, which may look for GPUs, download files and report usage, is
/// never touched. [dev.lathe.runtime.text.Detokenizer] turns tokens that come one by one into text,
/// and never cuts a character in two.
///
/// Knows nothing of engines or requests.
@NullMarked
package dev.lathe.runtime.text;

import org.jspecify.annotations.NullMarked;
