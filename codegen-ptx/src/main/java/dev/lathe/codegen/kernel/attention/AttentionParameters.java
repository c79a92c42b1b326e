package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp.PagedAttention;
import java.util.Optional;

/// The parameters of every attention kernel, in their order. A body that does not use one of them
/// pays nothing for it.
///
/// @param starts `(S + 1)` first row of each sequence
/// @param contexts `(S)` keys of each sequence, those of this step included
/// @param tables `(S, pitch)` block tables
/// @param out the result, or what another kernel makes the result of
/// @param tokens T
/// @param sequences S
/// @param slopes `(heads)` slopes of the query heads, where scores have any
record AttentionParameters(
    B64 queries,
    B64 keys,
    B64 values,
    B64 starts,
    B64 contexts,
    B64 tables,
    B64 out,
    B32 tokens,
    B32 sequences,
    Optional<B64> slopes) {

  /// Declares them: the first thing that a body does.
  static AttentionParameters declare(KernelBuilder k, AttentionProblem problem) {
    return new AttentionParameters(
        k.pointer("queries"),
        k.pointer("keys"),
        k.pointer("values"),
        k.pointer("starts"),
        k.pointer("contexts"),
        k.pointer("tables"),
        k.pointer("out"),
        k.size("tokens"),
        k.size("sequences"),
        problem.scores().sloped() ? Optional.of(k.pointer("slopes")) : Optional.empty());
  }

  /// A launch with all arguments; the grid is still to be given.
  static LaunchBuilder launch(PagedAttention op, Kernel kernel) {
    return launch(op, kernel, op.out());
  }

  /// A launch with all arguments that writes to `out`; the grid is still to be given.
  static LaunchBuilder launch(PagedAttention op, Kernel kernel, Ref out) {
    LaunchBuilder launch =
        LaunchBuilder.of(kernel)
            .pointer(op.query())
            .pointer(op.keyCache())
            .pointer(op.valueCache())
            .pointer(op.queryStarts())
            .pointer(op.contextLengths())
            .pointer(op.blockTables())
            .pointer(out)
            .size(SizeExpr.TOKENS)
            .size(SizeExpr.SEQUENCES);
    op.slopes().ifPresent(launch::pointer);
    return launch;
  }

  /// Slope of a query head.
  F32 slope(KernelBuilder k, B32 head) {
    return k.loadF32(k.at(k.madWide(head, Float.BYTES, slopes.orElseThrow())));
  }

  /// Keys of a sequence.
  B32 context(KernelBuilder k, B32 sequence) {
    return k.loadB32(k.at(k.madWide(sequence, Integer.BYTES, contexts)));
  }
}
