package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.F32;
import java.util.List;

/// The softmax of some keys, as far as a few elements of the result need it.
///
/// @param greatest exponent of two among the keys; minus infinity where there are none
/// @param total weight of the keys, each relative to the greatest
/// @param sums of weighted values
record PartialSoftmax(F32 greatest, F32 total, List<F32> sums) {

  /// The softmax of all keys: parts are added in the order of the list.
  static PartialSoftmax merge(KernelBuilder k, List<PartialSoftmax> parts) {
    F32 top = k.constant(Float.NEGATIVE_INFINITY);
    parts.forEach(part -> k.maxTo(top, part.greatest));
    F32 base = finite(k, top);
    F32 total = k.constant(0f);
    List<F32> sums = parts.getFirst().sums.stream().map(ignored -> k.constant(0f)).toList();
    for (PartialSoftmax part : parts) {
      F32 weight = k.exp2(k.sub(part.greatest, base));
      k.fmaTo(total, weight, part.total);
      for (int i = 0; i < sums.size(); i++) {
        k.fmaTo(sums.get(i), weight, part.sums.get(i));
      }
    }
    return new PartialSoftmax(top, total, sums);
  }

  /// The exponent, or 0 in place of minus infinity, from which nothing can be subtracted.
  static F32 finite(KernelBuilder k, F32 exponent) {
    return k.select(k.eq(exponent, Float.NEGATIVE_INFINITY), k.constant(0f), exponent);
  }

  /// The result; 0 where there were no keys.
  List<F32> normalised(KernelBuilder k) {
    F32 inverse = k.select(k.gt(total, 0f), k.reciprocal(total), 0f);
    return sums.stream().map(sum -> k.mul(sum, inverse)).toList();
  }
}
