package dev.lathe.runtime.text;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import org.jspecify.annotations.Nullable;

/// The native library of the tokenizers cannot be loaded on this machine.
public final class TokenizerLibraryException extends LatheException {
  private static final long serialVersionUID = 1;

  TokenizerLibraryException(String reason, @Nullable Throwable cause) {
    super(
        ExitCode.FAILURE,
        "tokenizer-library",
        "The native library of the tokenizer cannot be loaded: " + reason + ".",
        "The folder for temporary files must allow executable files; choose another with"
            + " -Djava.io.tmpdir=DIR. Or give token ids instead of text.",
        cause);
  }
}
