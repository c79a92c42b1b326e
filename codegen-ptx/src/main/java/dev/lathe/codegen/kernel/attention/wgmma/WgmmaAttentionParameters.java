package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.kernel.attention.wgmma.HeadMaps.View;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp.PagedAttention;
import java.util.List;
import java.util.Optional;

/// The parameters of the kernel, in their order.
///
/// @param starts `(S + 1)` first row of each sequence
/// @param contexts `(S)` keys of each sequence, those of this step included
/// @param tables `(S, pitch)` block tables
/// @param tiles numbers of tiles of tokens; see [WorkSearch]
/// @param sequences S
/// @param slopes `(heads)` slopes of the query heads, where scores have any
/// @param counter of work items that blocks draw, 0 when they start; see [WorkScheduler]
record WgmmaAttentionParameters(
    HeadMaps queries,
    HeadMaps keys,
    HeadMaps values,
    B64 starts,
    B64 contexts,
    B64 tables,
    B64 out,
    B32 tiles,
    B32 sequences,
    Optional<B64> slopes,
    Optional<B64> counter) {

  /// Rows of the cache: not known before the engine is loaded, and no copy goes past the pages that
  /// tables name.
  private static final long CACHE_ROWS = Integer.MAX_VALUE;

  static WgmmaAttentionParameters declare(
      KernelBuilder k, AttentionProblem problem, WgmmaAttentionConfig config) {
    HeadPanels panels = HeadPanels.of(problem.headDim(), 8);
    return new WgmmaAttentionParameters(
        HeadMaps.declare(k, "queries", panels),
        HeadMaps.declare(k, "keys", panels),
        HeadMaps.declare(k, "values", panels),
        k.pointer("starts"),
        k.pointer("contexts"),
        k.pointer("tables"),
        k.pointer("out"),
        k.size("tiles"),
        k.size("sequences"),
        problem.scores().sloped() ? Optional.of(k.pointer("slopes")) : Optional.empty(),
        config.draws() ? Optional.of(k.pointer("counter")) : Optional.empty());
  }

  /// A launch with all arguments; the grid is still to be given.
  ///
  /// @param counter of work items, used by blocks that draw them
  /// @param maxTokens greatest T
  static LaunchBuilder launch(
      PagedAttention op,
      AttentionProblem problem,
      WgmmaAttentionConfig config,
      Kernel kernel,
      Ref counter,
      long maxTokens) {
    long headDim = problem.headDim();
    long headBytes = headDim * HeadPanels.ELEMENT;
    DType dtype = DType.valueOf(problem.dtype().name());
    QueryTile tile = QueryTile.of(problem.heads().group());
    LaunchBuilder launch = LaunchBuilder.of(kernel);
    View queries =
        new View(
            op.query(),
            dtype,
            List.of(headDim, (long) problem.heads().query(), maxTokens),
            List.of(headBytes, headBytes * problem.heads().query()),
            List.of(tile.heads(), tile.copiedTokens()));
    HeadPanels panels = HeadPanels.of(problem.headDim(), 8);
    HeadMaps.add(launch, panels, queries);
    for (var cache : List.of(op.keyCache(), op.valueCache())) {
      View view =
          new View(
              cache,
              dtype,
              List.of(headDim, CACHE_ROWS),
              List.of(headBytes),
              List.of(CacheTiles.partRows(problem, config)));
      HeadMaps.add(launch, panels, view);
    }
    launch
        .pointer(op.queryStarts())
        .pointer(op.contextLengths())
        .pointer(op.blockTables())
        .pointer(op.out())
        .size(tiles(problem, config))
        .size(SizeExpr.SEQUENCES);
    op.slopes().ifPresent(launch::pointer);
    return config.draws() ? launch.pointer(counter) : launch;
  }

  /// Numbers of tiles of tokens.
  static SizeExpr tiles(AttentionProblem problem, WgmmaAttentionConfig config) {
    int tokens = WorkItem.blockTokens(problem, config);
    return SizeExpr.TOKENS.ceilDiv(tokens).plus(SizeExpr.SEQUENCES);
  }
}
