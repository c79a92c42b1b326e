package dev.lathe.codegen.kernel.sample;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;

/// What every kernel that samples computes in the same way: the order of logits, masses, the part
/// of a mass, random bits.
record SampleArithmetic(KernelBuilder k) {
  private static final float LOG2_E = (float) (1 / Math.log(2));
  private static final float MASS_ONE = 1 << 30;
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final long FIRST_MULTIPLIER = 0xBF58476D1CE4E5B9L;
  private static final long SECOND_MULTIPLIER = 0x94D049BB133111EBL;

  /// NaN as minus infinity, the negative zero as the positive one.
  F32 clean(F32 logit) {
    return k.add(k.max(logit, Float.NEGATIVE_INFINITY), 0f);
  }

  /// An unsigned integer that orders like the float; never 0 for what [#clean] returned.
  B32 key(F32 logit) {
    B32 bits = k.bits(logit);
    return k.xor(bits, k.or(k.shrS(bits, 31), 0x80000000));
  }

  /// The logit of a key.
  F32 logit(B32 key) {
    B32 mask = k.or(k.shrS(k.not(key), 31), 0x80000000);
    return k.fromBits(k.xor(key, mask));
  }

  /// By what differences of logits are multiplied to be exponents of 2.
  F32 factor(F32 temperature) {
    return k.div(k.constant(LOG2_E), temperature);
  }

  /// The probability of a logit relative to that of the greatest one.
  F32 probability(F32 logit, F32 greatest, F32 factor) {
    F32 relative = k.exp2(k.mul(k.sub(logit, greatest), factor));
    return k.select(k.eq(logit, greatest), k.constant(1f), relative);
  }

  /// A probability as an integer, 2^30 at most.
  B32 mass(F32 probability) {
    return k.truncateU(k.mul(probability, MASS_ONE));
  }

  /// `ceil(topP * total)`, exact: topP in (0, 1) is a multiple of 2^-62 if it is at least 2^-39,
  /// and the product has 128 bits. Of any smaller topP only the greatest logit is left: 1.
  B64 partOf(F32 topP, B64 total) {
    B64 scaled = k.truncateLong(k.mul(topP, 0x1p62f));
    B64 one = k.constant64(1);
    B64 fraction = k.select(k.eq(scaled, k.constant64(0)), one, scaled);
    B64 low = k.mul(total, fraction);
    B64 high = k.mulHi(total, fraction);
    B64 whole = k.or(k.shl(high, 2), k.shr(low, 62));
    Pred exact = k.eq(k.shl(low, 2), k.constant64(0));
    return k.select(exact, whole, k.add(whole, 1));
  }

  /// `SampleDraw.bits(seed, draw)`.
  B64 bits(B64 seed, B32 draw) {
    B64 z = k.add(seed, k.mul(k.add(k.widenS(draw), 1), GOLDEN_GAMMA));
    z = k.mul(k.xor(z, k.shr(z, 30)), FIRST_MULTIPLIER);
    z = k.mul(k.xor(z, k.shr(z, 27)), SECOND_MULTIPLIER);
    return k.xor(z, k.shr(z, 31));
  }
}
