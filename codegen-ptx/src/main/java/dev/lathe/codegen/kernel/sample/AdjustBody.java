package dev.lathe.codegen.kernel.sample;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;

/// Emits penalties and biases on logits: one block a row, one thread an adjustment. A token occurs
/// once a row at most, so threads never meet.
final class AdjustBody {
  static final int THREADS = 128;

  private final KernelBuilder k;
  private final int vocabulary;

  AdjustBody(KernelBuilder k, int vocabulary) {
    this.k = k;
    this.vocabulary = vocabulary;
  }

  void emit() {
    B64 logits = k.pointer("logits");
    B64 starts = k.pointer("starts");
    B64 tokens = k.pointer("tokens");
    B64 counts = k.pointer("counts");
    B64 biases = k.pointer("biases");
    F32 repetition = rowValue(k.pointer("repetition"));
    F32 presence = rowValue(k.pointer("presence"));
    F32 frequency = rowValue(k.pointer("frequency"));
    B64 rowStart = k.madWide(k.blockX(), Integer.BYTES, starts);
    B32 first = k.loadB32(k.at(rowStart));
    B32 end = k.loadB32(k.at(rowStart, Integer.BYTES));
    B64 row = k.madWide(k.blockX(), vocabulary * Float.BYTES, logits);
    k.forRange(
        k.add(first, k.threadIndex()),
        end,
        k.threads(),
        i -> {
          B32 token = k.loadB32(k.at(k.madWide(i, Integer.BYTES, tokens)));
          B32 count = k.loadB32(k.at(k.madWide(i, Integer.BYTES, counts)));
          F32 bias = k.loadF32(k.at(k.madWide(i, Float.BYTES, biases)));
          B64 address = k.madWide(token, Float.BYTES, row);
          F32 old = k.loadF32(k.at(address));
          F32 repeated =
              k.select(k.gt(old, 0f), k.divExact(old, repetition), k.mul(old, repetition));
          F32 logit = k.select(k.ge(count, 0), repeated, old);
          F32 penalty = k.add(presence, k.mul(frequency, k.toFloat(count)));
          F32 penalised = k.select(k.gt(count, 0), k.sub(logit, penalty), logit);
          k.store(k.at(address), k.add(penalised, bias));
        });
  }

  private F32 rowValue(B64 values) {
    return k.loadF32(k.at(k.madWide(k.blockX(), Float.BYTES, values)));
  }
}
