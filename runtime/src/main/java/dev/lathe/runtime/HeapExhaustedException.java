package dev.lathe.runtime;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;

/// The Java heap was too small for a session on the CPU.
public final class HeapExhaustedException extends LatheException {
  private static final long serialVersionUID = 1;

  HeapExhaustedException(OutOfMemoryError cause) {
    super(
        ExitCode.OUT_OF_MEMORY,
        "heap-exhausted",
        "The Java heap of %d MiB is too small for this engine."
            .formatted(Runtime.getRuntime().maxMemory() >> 20),
        "Give the Java process more memory with -Xmx, or use a GPU.",
        cause);
  }

  /// What a session fails with when its driver thread ends with a throwable.
  static RuntimeException orAsItIs(Throwable problem) {
    return switch (problem) {
      case OutOfMemoryError memory -> new HeapExhaustedException(memory);
      case RuntimeException known -> known;
      default -> new IllegalStateException("the session failed: " + problem, problem);
    };
  }
}
