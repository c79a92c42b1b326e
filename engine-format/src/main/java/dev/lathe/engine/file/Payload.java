package dev.lathe.engine.file;

import dev.lathe.engine.v1.WeightEntry;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The content of one entry of the archive.
sealed interface Payload {
  String name();

  long bytes();

  /// Content that is at hand.
  record Stored(String name, byte[] content) implements Payload {
    static Stored text(String name, String text) {
      return new Stored(name, text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public long bytes() {
      return content.length;
    }
  }

  /// A segment of weights, evaluated while it is written; zeros lie between the weights.
  record Weights(String name, List<WeightEntry> weights) implements Payload {
    @Override
    public long bytes() {
      return WeightLayout.bytes(weights);
    }
  }
}
