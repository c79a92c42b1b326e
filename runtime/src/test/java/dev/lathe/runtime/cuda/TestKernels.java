package dev.lathe.runtime.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// PTX of the kernels beside these tests.
final class TestKernels {
  static final int THREADS = 128;

  private TestKernels() {}

  static MemorySegment ptx(String name) {
    try (InputStream stream =
        Objects.requireNonNull(TestKernels.class.getResourceAsStream(name + ".ptx"))) {
      return MemorySegment.ofArray(stream.readAllBytes());
    } catch (IOException exception) {
      throw new UncheckedIOException(exception);
    }
  }
}
