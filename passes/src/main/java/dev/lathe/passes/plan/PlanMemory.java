package dev.lathe.passes.plan;

import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Buffer.Storage;
import dev.lathe.engine.v1.Ref;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Gives each buffer of the arena an offset, so that no two that live at the same step overlap, in
/// little room: greatest buffers first, each into the tightest gap among those already placed.
/// Source of the method: Pisarchyk and Lee, Efficient Memory Management for Deep Neural Net
/// Inference, 2020 (greedy by size).
public final class PlanMemory {
  private static final long ALIGNMENT = 256;

  private PlanMemory() {}

  /// Buffers with their places, in the given order, and the size of the arena in bytes.
  public record Layout(List<Buffer> buffers, long arenaBytes) {
    public Layout {
      buffers = List.copyOf(buffers);
    }
  }

  /// From the first to the last step that touches a buffer.
  public record Lifetime(int first, int last) {
    boolean overlaps(Lifetime other) {
      return first <= other.last && other.first <= last;
    }

    private Lifetime including(int step) {
      return new Lifetime(Math.min(first, step), Math.max(last, step));
    }
  }

  /// @param operands of each step, workspace included
  /// @param max sizes that buffers are laid out for
  public static Layout plan(List<Buffer> buffers, List<List<Ref>> operands, Sizes max) {
    Map<String, Lifetime> lifetimes = lifetimes(operands);
    List<Placed> placed = new ArrayList<>();
    buffers.stream()
        .filter(buffer -> buffer.storage() instanceof Storage.Arena)
        .map(buffer -> unplaced(buffer, lifetimes, max))
        .sorted(Comparator.comparingLong(Placed::bytes).reversed())
        .forEach(buffer -> placed.add(buffer.at(offset(buffer, placed))));
    Map<String, Long> offsets = new HashMap<>();
    placed.forEach(buffer -> offsets.put(buffer.name(), buffer.offset()));
    long arena = placed.stream().mapToLong(Placed::end).max().orElse(0);
    return new Layout(buffers.stream().map(buffer -> place(buffer, offsets)).toList(), arena);
  }

  /// Lifetimes of all buffers that a step names.
  public static Map<String, Lifetime> lifetimes(List<List<Ref>> operands) {
    Map<String, Lifetime> lifetimes = new HashMap<>();
    for (int step = 0; step < operands.size(); step++) {
      for (Ref ref : operands.get(step)) {
        Lifetime now = new Lifetime(step, step);
        lifetimes.merge(ref.name(), now, (known, _) -> known.including(now.first()));
      }
    }
    return lifetimes;
  }

  private record Placed(String name, long bytes, Lifetime lifetime, long offset) {
    long end() {
      return offset + bytes;
    }

    Placed at(long place) {
      return new Placed(name, bytes, lifetime, place);
    }
  }

  private static Placed unplaced(Buffer buffer, Map<String, Lifetime> lifetimes, Sizes max) {
    Lifetime lifetime = lifetimes.get(buffer.name());
    if (lifetime == null) {
      throw new IllegalStateException("no step uses buffer " + buffer.name());
    }
    return new Placed(buffer.name(), aligned(buffer.bytes(max)), lifetime, 0);
  }

  private static long aligned(long bytes) {
    return Math.multiplyExact(Math.ceilDiv(bytes, ALIGNMENT), ALIGNMENT);
  }

  /// The start of the smallest gap that the buffer fits in, among those that live with it.
  private static long offset(Placed buffer, List<Placed> placed) {
    List<Placed> neighbours =
        placed.stream()
            .filter(other -> other.lifetime().overlaps(buffer.lifetime()))
            .sorted(Comparator.comparingLong(Placed::offset))
            .toList();
    long best = -1;
    long bestGap = Long.MAX_VALUE;
    long end = 0;
    for (Placed neighbour : neighbours) {
      long gap = neighbour.offset() - end;
      if (gap >= buffer.bytes() && gap < bestGap) {
        best = end;
        bestGap = gap;
      }
      end = Math.max(end, neighbour.end());
    }
    return best >= 0 ? best : end;
  }

  private static Buffer place(Buffer buffer, Map<String, Long> offsets) {
    Long offset = offsets.get(buffer.name());
    return offset == null
        ? buffer
        : new Buffer(buffer.name(), buffer.dtype(), buffer.shape(), new Storage.Arena(offset));
  }
}
