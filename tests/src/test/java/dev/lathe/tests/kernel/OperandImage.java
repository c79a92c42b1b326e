package dev.lathe.tests.kernel;

import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Ref;
import dev.lathe.passes.select.Lowering;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Where the operands and the workspace of a step lie in one piece of memory, with guards between
/// them. All bytes that are not written are 0xFF: as floats, NaN.
final class OperandImage {
  private static final byte FILL = (byte) 0xFF;
  private static final long ALIGNMENT = 256;
  private static final long GUARD = 4096;

  /// The greatest tile of rows that a kernel stores.
  private static final long TILE_ROWS = 256;

  private final StepCase step;
  private final Map<Ref, Place> places = new LinkedHashMap<>();
  private final long bytes;

  /// @param room bytes that may be written, `bytes` of which are looked at
  /// @param before bytes from the address that a kernel gets to the operand's first byte
  record Place(Ref ref, long offset, long bytes, long room, long before) {
    long end() {
      return offset + bytes;
    }
  }

  OperandImage(StepCase step, List<Lowering.Workspace> workspace) {
    this.step = step;
    long end = GUARD;
    for (Map.Entry<Ref, StepCase.Bound> entry : step.operands().entrySet()) {
      Operand value = entry.getValue().value();
      long room = value.bytes() + spareBytes(entry.getValue());
      end = place(entry.getKey(), end, value.bytes(), room, value.bytesBefore());
    }
    for (Lowering.Workspace buffer : workspace) {
      long size = buffer.dtype().bytes();
      Sizes most = step.profile().max();
      for (SizeExpr dim : buffer.shape()) {
        size = Math.multiplyExact(size, dim.evaluate(most));
      }
      end = place(Ref.buffer(buffer.name()), end, size, size, 0);
    }
    bytes = end;
  }

  private long place(Ref ref, long offset, long size, long room, long before) {
    places.put(ref, new Place(ref, offset, size, room, before));
    return Math.ceilDiv(offset + room, ALIGNMENT) * ALIGNMENT + GUARD;
  }

  /// Bytes of the rows after those of the batch that a kernel may fill with anything: it stores
  /// whole tiles, as far as the profile's buffer goes.
  private long spareBytes(StepCase.Bound bound) {
    long tokens = step.sizes().tokens();
    boolean hasRows = !bound.shape().isEmpty() && bound.shape().getFirst().equals(SizeExpr.TOKENS);
    if (!hasRows || tokens == 0) {
      return 0;
    }
    // A tile begins with a row of the batch: the last one ends fewer rows after it than it has.
    long after = Math.min(TILE_ROWS - 1, step.profile().max().tokens() - tokens);
    return bound.value().bytes() / tokens * after;
  }

  long bytes() {
    return bytes;
  }

  Place place(Ref ref) {
    Place place = places.get(ref);
    if (place == null) {
      throw new IllegalStateException("a launch names " + ref + ", which is no operand");
    }
    return place;
  }

  /// Writes what the GPU shall find before the step.
  void write(MemorySegment image) {
    image.asSlice(0, bytes).fill(FILL);
    step.operands().forEach((ref, bound) -> bound.value().write(image, place(ref).offset()));
  }

  /// True if the bytes of an element were never written.
  static boolean isUntouched(MemorySegment image, long offset, int elementBytes) {
    for (int i = 0; i < elementBytes; i++) {
      if (image.get(ValueLayout.JAVA_BYTE, offset + i) != FILL) {
        return false;
      }
    }
    return true;
  }

  /// What changed outside of the given operands and of the workspace, if anything.
  Optional<String> strayWrite(MemorySegment before, MemorySegment after, Set<Ref> written) {
    List<Place> fixed = new ArrayList<>();
    long from = 0;
    for (Place place : places.values()) {
      boolean mayChange =
          written.contains(place.ref()) || !step.operands().containsKey(place.ref());
      if (mayChange) {
        fixed.add(new Place(place.ref(), from, place.offset() - from, 0, 0));
        from = place.offset() + place.room();
      }
    }
    fixed.add(new Place(Ref.buffer("end"), from, bytes - from, 0, 0));
    for (Place range : fixed) {
      long at =
          MemorySegment.mismatch(
              before, range.offset(), range.end(), after, range.offset(), range.end());
      if (at >= 0) {
        return Optional.of("a write outside of the result: " + where(range.offset() + at));
      }
    }
    return Optional.empty();
  }

  /// The operand that holds a byte of the image, or those that it lies between.
  private String where(long offset) {
    Place last = null;
    for (Place place : places.values()) {
      if (place.offset() <= offset) {
        last = place;
      }
    }
    if (last == null) {
      return (places.values().iterator().next().offset() - offset)
          + " bytes before the first operand";
    }
    return offset < last.end()
        ? "byte %d of %s (of %d bytes)".formatted(offset - last.offset(), last.ref(), last.bytes())
        : "byte %d after the end of %s (of %d bytes)"
            .formatted(offset - last.end(), last.ref(), last.bytes());
  }
}
