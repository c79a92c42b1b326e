package dev.lathe.ir;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.weight.WeightExpr;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/// Weight expressions of any form; they need not have the shape that they are for.
public final class RandomWeightExpr {
  private RandomWeightExpr() {}

  public static WeightExpr of(RandomGenerator random, long... shape) {
    List<Long> dims = Arrays.stream(shape).boxed().toList();
    WeightExpr inner = new WeightExpr.Tensor("model.layers.0.\"w\"." + random.nextInt(10));
    return switch (random.nextInt(12)) {
      case 0 -> inner;
      case 1 -> new WeightExpr.Concat(0, List.of(inner, of(random, shape)));
      case 2 -> new WeightExpr.Slice(of(random, shape), 1, 0, random.nextLong(1, 1L << 40));
      case 3 -> new WeightExpr.Transpose(inner);
      case 4 -> new WeightExpr.Reshape(inner, dims);
      case 5 -> new WeightExpr.Interleave(inner, of(random, shape), 8);
      case 6 -> new WeightExpr.Cast(inner, DType.F16);
      case 7 -> new WeightExpr.Scale(inner, random.nextDouble());
      case 8 -> new WeightExpr.Shift(inner, -random.nextDouble());
      case 9 -> new WeightExpr.Fill(DType.BF16, dims, -1.5e-300);
      case 10 -> new WeightExpr.Numbers(List.of(0.5, -1e-3, 1.0 / 3));
      default -> new WeightExpr.Random(random.nextLong(), DType.F32, dims, 0, 0.02);
    };
  }
}
