package dev.lathe.runtime.device;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Profile;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/// One step's input: an array for every [BatchInput], filled anew each tick and never shrunk, so
/// that a running session allocates nothing. Not thread-safe.
public final class Batch {
  private final Map<BatchInput, int[]> ints = new EnumMap<>(BatchInput.class);
  private final Map<BatchInput, float[]> floats = new EnumMap<>(BatchInput.class);
  private final Map<BatchInput, long[]> longs = new EnumMap<>(BatchInput.class);
  private final CarriedTokens carried = new CarriedTokens();
  private Sizes sizes = new Sizes(0, 0, 0);
  private int adjustments;
  private Profile.Kind kind = Profile.Kind.MIXED;
  private boolean greedy;

  public Batch() {
    for (BatchInput input : BatchInput.values()) {
      if (input.dtype() == DType.I32) {
        ints.put(input, new int[0]);
      } else if (input.dtype() == DType.F32) {
        floats.put(input, new float[0]);
      } else {
        longs.put(input, new long[0]);
      }
    }
  }

  /// Sets what this batch is; call after the arrays are filled.
  public void shape(Profile.Kind kind, Sizes sizes, int adjustments) {
    this.kind = kind;
    this.sizes = sizes;
    this.adjustments = adjustments;
    this.greedy = false;
  }

  /// Says whether the token of the greatest logit of each row is all that is wanted; call after
  /// [#shape].
  public void greedy(boolean only) {
    this.greedy = only;
  }

  /// True if the token of the greatest logit of each row is all that is wanted.
  public boolean isGreedy() {
    return greedy;
  }

  public Profile.Kind kind() {
    return kind;
  }

  public Sizes sizes() {
    return sizes;
  }

  /// The tokens whose ids only the device knows.
  public CarriedTokens carried() {
    return carried;
  }

  /// Count A of adjustments.
  public int adjustments() {
    return adjustments;
  }

  /// The array of an I32 input, with room for at least `count` elements; contents are kept.
  public int[] ints(BatchInput input, int count) {
    int[] array = present(ints.get(input), input);
    if (array.length < count) {
      array = Arrays.copyOf(array, grown(array.length, count));
      ints.put(input, array);
    }
    return array;
  }

  /// The array of an F32 input, with room for at least `count` elements; contents are kept.
  public float[] floats(BatchInput input, int count) {
    float[] array = present(floats.get(input), input);
    if (array.length < count) {
      array = Arrays.copyOf(array, grown(array.length, count));
      floats.put(input, array);
    }
    return array;
  }

  /// The array of an I64 input, with room for at least `count` elements; contents are kept.
  public long[] longs(BatchInput input, int count) {
    long[] array = present(longs.get(input), input);
    if (array.length < count) {
      array = Arrays.copyOf(array, grown(array.length, count));
      longs.put(input, array);
    }
    return array;
  }

  /// Elements of an input that this batch fills.
  public int count(BatchInput input, int maxBlocksPerSequence) {
    return input.isAdjustment()
        ? adjustments
        : Math.toIntExact(input.elements(sizes, maxBlocksPerSequence));
  }

  private static int grown(int length, int count) {
    return Math.max(count, Math.max(64, length + (length >> 1)));
  }

  private static <T> T present(@org.jspecify.annotations.Nullable T array, BatchInput input) {
    if (array == null) {
      throw new IllegalStateException(input + " has dtype " + input.dtype());
    }
    return array;
  }
}
