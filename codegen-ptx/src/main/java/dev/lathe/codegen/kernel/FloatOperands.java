package dev.lathe.codegen.kernel;

import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Ref;
import dev.lathe.passes.select.StepContext;
import java.util.List;

/// Operands that are all of one float type.
public record FloatOperands(FloatFormat format) {

  /// The type of these operands, or which of them is of another one.
  ///
  /// @param refs at least one
  public static Support<FloatOperands> of(StepContext context, List<Ref> refs) {
    Ref first = refs.getFirst();
    DType dtype = context.operand(first).dtype();
    if (!dtype.isFloat()) {
      return Support.no(first + " is " + dtype.text());
    }
    for (Ref ref : refs) {
      DType other = context.operand(ref).dtype();
      if (other != dtype) {
        return Support.no(ref + " is " + other.text() + ", " + first + " " + dtype.text());
      }
    }
    return Support.yes(new FloatOperands(FloatFormat.of(dtype)));
  }
}
