/// Options that commands share, and what happens to options that a command does not have.
///
/// An option is spelled with underscores; the same with hyphens is understood. An option of
/// TensorRT-LLM that means nothing here is a [dev.lathe.cli.option.ForeignFlag]: it is accepted
/// with a note, or refused with a reason, but never taken for a typing error. Reading order:
/// LatheCommand, OutputOptions, ForeignFlag, ForeignFlags, Spelling, UsageError.
@NullMarked
package dev.lathe.cli.option;

import org.jspecify.annotations.NullMarked;
