package dev.lathe.codegen.kernel.sample;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;

/// Where the operands of one row lie. Declares the parameters of a kernel that samples.
final class SampleRow {
  private final KernelBuilder k;
  private final B32 row;
  private final B64 logits;
  private final B64 temperatures;
  private final B64 topK;
  private final B64 topP;
  private final B64 minP;
  private final B64 seeds;
  private final B64 draws;
  private final B64 out;

  /// How a row is sampled.
  record Limits(F32 temperature, B32 topK, F32 topP, F32 minP, B64 seed, B32 draw) {}

  SampleRow(KernelBuilder k, B32 row, int vocabulary) {
    this.k = k;
    this.row = row;
    this.logits = k.madWide(row, vocabulary * Float.BYTES, k.pointer("logits"));
    this.temperatures = k.pointer("temperatures");
    this.topK = k.pointer("top_k");
    this.topP = k.pointer("top_p");
    this.minP = k.pointer("min_p");
    this.seeds = k.pointer("seeds");
    this.draws = k.pointer("draws");
    this.out = k.pointer("out");
  }

  /// The first logit.
  B64 logits() {
    return logits;
  }

  Limits limits() {
    return new Limits(
        k.loadF32(k.at(of(temperatures, Float.BYTES))),
        k.loadB32(k.at(of(topK, Integer.BYTES))),
        k.loadF32(k.at(of(topP, Float.BYTES))),
        k.loadF32(k.at(of(minP, Float.BYTES))),
        k.loadB64(k.at(of(seeds, Long.BYTES))),
        k.loadB32(k.at(of(draws, Integer.BYTES))));
  }

  /// Where the chosen id goes.
  B64 out() {
    return of(out, Integer.BYTES);
  }

  private B64 of(B64 base, int bytes) {
    return k.madWide(row, bytes, base);
  }
}
