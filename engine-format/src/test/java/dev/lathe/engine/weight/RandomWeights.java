package dev.lathe.engine.weight;

import dev.lathe.engine.type.DType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;

/// Random well-typed expressions, and the tensors that they name, at odd addresses.
final class RandomWeights implements TensorSource {
  private static final List<DType> FLOATS = List.of(DType.F32, DType.F16, DType.BF16, DType.F64);

  private final Random random;
  private final Map<String, SourceTensor> tensors = new HashMap<>();

  RandomWeights(long seed) {
    this.random = new Random(seed);
  }

  @Override
  public SourceTensor tensor(String name) {
    SourceTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new NoSuchElementException(name);
    }
    return tensor;
  }

  WeightExpr any(int depth) {
    List<Long> shape = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      shape.add((long) random.nextInt(12));
    }
    return expr(new WeightType(FLOATS.get(random.nextInt(4)), shape), depth);
  }

  WeightExpr expr(WeightType type, int depth) {
    int axis = random.nextInt(type.rank());
    long dim = type.dim(axis);
    return switch (depth == 0 ? random.nextInt(2) : random.nextInt(10)) {
      case 0 -> constant(type);
      case 2 -> {
        long first = random.nextLong(dim + 1);
        yield new WeightExpr.Concat(
            axis,
            List.of(
                expr(with(type, axis, first), depth - 1),
                expr(with(type, axis, dim - first), depth - 1)));
      }
      case 3 -> {
        int begin = random.nextInt(4);
        WeightType longer = with(type, axis, begin + dim + random.nextInt(4));
        yield new WeightExpr.Slice(expr(longer, depth - 1), axis, begin, begin + dim);
      }
      case 4 -> {
        if (type.rank() != 2) {
          yield expr(type, depth - 1);
        }
        WeightType turned =
            new WeightType(type.dtype(), List.of(type.shape().get(1), type.shape().get(0)));
        yield new WeightExpr.Transpose(expr(turned, depth - 1));
      }
      case 5 -> {
        WeightType flat = new WeightType(type.dtype(), List.of(type.elements()));
        yield new WeightExpr.Reshape(expr(flat, depth - 1), type.shape());
      }
      case 6 -> {
        if (type.dim(0) % 2 != 0) {
          yield expr(type, depth - 1);
        }
        WeightType half = with(type, 0, type.dim(0) / 2);
        int rows = half.dim(0) % 2 == 0 ? 2 : 1;
        yield new WeightExpr.Interleave(expr(half, depth - 1), expr(half, depth - 1), rows);
      }
      case 7 -> {
        WeightType other = new WeightType(FLOATS.get(random.nextInt(4)), type.shape());
        yield new WeightExpr.Cast(expr(other, depth - 1), type.dtype());
      }
      case 8 ->
          type.dtype().isFloat()
              ? new WeightExpr.Scale(expr(type, depth - 1), random.nextGaussian())
              : tensor(type);
      case 9 ->
          type.dtype().isFloat()
              ? new WeightExpr.Shift(expr(type, depth - 1), random.nextGaussian())
              : tensor(type);
      default -> tensor(type);
    };
  }

  private WeightExpr constant(WeightType type) {
    return type.dtype() == DType.F32 && type.rank() == 1
        ? new WeightExpr.Numbers(random.doubles(type.elements(), -2, 2).boxed().toList())
        : new WeightExpr.Fill(type.dtype(), type.shape(), random.nextGaussian());
  }

  /// A tensor with random bits, but no NaN, whose payload need not survive.
  private WeightExpr tensor(WeightType type) {
    byte[] bytes = new byte[Math.toIntExact(type.bytes()) + 1];
    random.nextBytes(bytes);
    MemorySegment data = MemorySegment.ofArray(bytes).asSlice(1);
    int width = type.dtype().bytes();
    for (int i = 0; i < type.elements(); i++) {
      if (Double.isNaN(NaiveWeights.element(type.dtype(), data, i))) {
        data.asSlice((long) i * width, width).fill((byte) 0);
      }
    }
    String name = "t" + tensors.size();
    tensors.put(name, new SourceTensor(type.dtype(), type.shape(), data));
    return new WeightExpr.Tensor(name);
  }

  private static WeightType with(WeightType type, int axis, long dim) {
    List<Long> shape = new ArrayList<>(type.shape());
    shape.set(axis, dim);
    return new WeightType(type.dtype(), shape);
  }
}
