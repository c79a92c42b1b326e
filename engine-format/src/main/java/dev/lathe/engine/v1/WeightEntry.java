package dev.lathe.engine.v1;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.weight.WeightExpr;
import java.util.List;

/// A weight of the engine: where its bytes lie, and how they came to be.
///
/// @param segment number n of the entry `weights/<n>.bin`
/// @param offset first byte in the segment, a multiple of 256
/// @param source the expression that was evaluated
public record WeightEntry(
    String name,
    DType dtype,
    List<Long> shape,
    int segment,
    long offset,
    long bytes,
    WeightExpr source) {
  public WeightEntry {
    shape = List.copyOf(shape);
  }
}
