package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Operand.Address;

/// Finds keys and values in the paged cache `(blocks, kvHeads, tokensPerBlock, headDim)`.
final class PagedKeys {
  private final KernelBuilder k;
  private final AttentionProblem problem;
  private final B64 table;
  private final B32 headOffset;

  /// @param tables the block tables `(S, pitch)`
  /// @param sequence row of the tables
  /// @param head the KV head
  PagedKeys(KernelBuilder k, AttentionProblem problem, B64 tables, B32 sequence, B32 head) {
    this.k = k;
    this.problem = problem;
    this.table = k.madWide(sequence, problem.tablePitch() * Integer.BYTES, tables);
    this.headOffset = k.mul(head, problem.pageElements() * problem.dtype().bytes());
  }

  /// Where the block table tells the block of a key.
  Address entry(B32 key) {
    B32 page = k.div(key, problem.tokensPerBlock());
    return k.at(k.madWide(page, Integer.BYTES, table));
  }

  /// Byte offset, in keys and in values alike, of the row of one key.
  B64 rowOffset(B32 key) {
    return rowOffset(key, k.loadB32(entry(key)));
  }

  /// Byte offset, in keys and in values alike, of the row of one key in its block.
  B64 rowOffset(B32 key, B32 block) {
    int bytes = problem.dtype().bytes();
    B32 place = k.rem(key, problem.tokensPerBlock());
    int blockBytes = problem.heads().keyValue() * problem.pageElements() * bytes;
    B32 inside = k.mad(place, problem.headDim() * bytes, headOffset);
    return k.madWide(block, blockBytes, k.widen(inside));
  }
}
