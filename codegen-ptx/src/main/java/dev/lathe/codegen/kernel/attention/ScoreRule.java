package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.tile.UnaryFunctions;
import dev.lathe.engine.v1.StepOp.PagedAttention;
import dev.lathe.engine.v1.StepOp.UnaryKind;

/// What becomes of the product of a query and a key before the softmax, which is one of powers of
/// two here.
///
/// @param scale of the products
/// @param softCap bound that scaled products approach; 0: none
/// @param sloped true if each query head adds its slope times the distance of key and query
/// @param causal true if a row sees no key behind its own
public record ScoreRule(float scale, float softCap, boolean sloped, boolean causal) {
  private static final float LOG2_E = (float) (1 / Math.log(2));

  static ScoreRule of(PagedAttention op) {
    return new ScoreRule(op.scale(), op.softCap(), op.slopes().isPresent(), op.causal());
  }

  /// Factor that turns a product into the exponent of a power of two, without a cap.
  float exponentScale() {
    return scale * LOG2_E;
  }

  /// The exponent of two for a product, without its slope.
  F32 exponent(KernelBuilder k, F32 product) {
    if (softCap == 0) {
      return k.mul(product, exponentScale());
    }
    F32 capped = UnaryFunctions.apply(k, UnaryKind.SOFT_CAP, softCap, k.mul(product, scale));
    return k.mul(capped, LOG2_E);
  }

  /// A slope as what a step in distance adds to an exponent.
  F32 exponentSlope(KernelBuilder k, F32 slope) {
    return k.mul(slope, LOG2_E);
  }

  /// Adds to an exponent what its key's distance from the query says.
  ///
  /// @param slope from [#exponentSlope]
  void addSlope(KernelBuilder k, F32 exponent, F32 slope, B32 key, B32 position) {
    k.fmaTo(exponent, slope, k.toFloat(k.sub(key, position)));
  }
}
