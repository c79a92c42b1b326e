package dev.lathe.engine.v1;

import java.util.List;

/// The steps of one forward pass, from token ids to sampled tokens, in order.
///
/// @param arenaBytes size of the arena that all [Buffer.Storage.Arena] buffers fit in
public record Plan(Profile profile, List<Buffer> buffers, List<Step> steps, long arenaBytes) {
  public Plan {
    buffers = List.copyOf(buffers);
    steps = List.copyOf(steps);
  }

  /// The buffer of the given name.
  public Buffer buffer(String name) {
    return buffers.stream()
        .filter(buffer -> buffer.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("plan has no buffer " + name));
  }
}
