package dev.lathe.codegen.kernel.row;

import static dev.lathe.codegen.ptx.isa.Operand.imm;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.MemoryOps.Cache;
import dev.lathe.codegen.ptx.isa.B16;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.tile.StridedVectors;
import java.util.List;

/// Emits `out[i] = in[index[i]]` over whole rows, one block a row; zeros for an index that `in`
/// does not have.
public final class RowCopyBody {
  private final KernelBuilder k;
  private final int rowBytes;
  private final int inRows;

  /// @param rowBytes of a row, even
  /// @param inRows rows of `in`; 0 if every index is known to be inside
  public RowCopyBody(KernelBuilder k, int rowBytes, int inRows) {
    this.k = k;
    this.rowBytes = rowBytes;
    this.inRows = inRows;
  }

  /// Threads of a block.
  public static int threads(int rowBytes) {
    return StridedVectors.threadsFor(rowBytes, vector(rowBytes));
  }

  private static int vector(int rowBytes) {
    return Math.min(16, Integer.lowestOneBit(rowBytes));
  }

  public void emit() {
    B64 in = k.pointer("in");
    B64 indexes = k.pointer("indexes");
    B64 out = k.pointer("out");
    B32 index = k.loadB32(k.at(k.madWide(k.blockX(), Integer.BYTES, indexes)));
    Pred inside = inRows == 0 ? k.ge(index, 0) : k.ltU(index, inRows);
    B64 source = k.madWide(index, rowBytes, in);
    B64 target = k.madWide(k.blockX(), rowBytes, out);
    int vector = vector(rowBytes);
    new StridedVectors(rowBytes, vector, k.threads())
        .each(
            k,
            k.threadIndex(),
            (round, offset) -> {
              B64 from = k.add(source, k.widen(offset));
              B64 to = k.add(target, k.widen(offset));
              copy(inside, from, to, vector);
            });
  }

  private void copy(Pred inside, B64 from, B64 to, int bytes) {
    if (bytes == 2) {
      B16 element = k.newB16();
      k.emit("mov.b16", element, imm(0));
      k.when(inside, () -> k.loadTo(element, k.at(from)));
      k.store(k.at(to), element);
      return;
    }
    List<B32> words = k.newB32s(bytes / 4);
    words.forEach(word -> k.assign(word, 0));
    k.when(inside, () -> k.loadWordsTo(words, k.at(from), Cache.DEFAULT));
    k.storeWords(k.at(to), words);
  }
}
