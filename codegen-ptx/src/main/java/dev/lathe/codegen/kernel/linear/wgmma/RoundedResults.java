package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.epilogue.Epilogue;
import dev.lathe.codegen.epilogue.EpilogueValue;
import dev.lathe.codegen.kernel.linear.LinearProblem;
import dev.lathe.codegen.kernel.linear.wgmma.TileFragments.Pair;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Operand.Address;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Computes results from a thread's sums, and puts them where a tile lies in shared memory.
///
/// @param bias its address, if there is one
record RoundedResults(
    KernelBuilder k,
    LinearProblem problem,
    WgmmaConfig config,
    Optional<B64> bias,
    Warpgroup warpgroup) {

  /// For each 64 rows the bias of this thread's two rows; those past the last are never stored.
  /// Empty lists if there is none.
  ///
  /// @param tileRow where the tile begins
  List<List<F32>> biases(B32 tileRow) {
    if (bias.isEmpty()) {
      return Collections.nCopies(config.rowBlocks(), List.of());
    }
    B32 row = warpgroup.part(config.partRows(), tileRow);
    B32 mine = k.add(k.mad(warpgroup.warp, 16, row), k.shr(k.laneIndex(), 2));
    List<List<F32>> biases = new ArrayList<>();
    for (int block = 0; block < config.rowBlocks(); block++) {
      List<F32> two = new ArrayList<>();
      for (int half = 0; half < 2; half++) {
        int offset = block * WgmmaConfig.WGMMA_ROWS + half * 8;
        B32 inside = k.min(k.add(mine, offset), problem.n() - 1);
        B64 address = k.madWide(inside, problem.dtype().bytes(), bias.get());
        two.add(problem.dtype().load(k, k.at(address), 1).getFirst());
      }
      biases.add(two);
    }
    return biases;
  }

  /// Computes what the matrices of a move hold, and puts it where their residual is.
  void put(Address matrices, List<Pair> pairs, List<F32> bias) {
    List<F32> residual =
        problem.residual()
            ? problem.dtype().unpack(k, k.loadMatrices(matrices, pairs.size(), true))
            : List.of();
    List<F32> values = new ArrayList<>();
    for (Pair pair : pairs) {
      int at = values.size();
      List<F32> own = residual.isEmpty() ? residual : residual.subList(at, at + 2);
      EpilogueValue value = new EpilogueValue(k, new PairOperands(pair.half(), bias, own));
      values.addAll(value.of(problem.epilogue().value(), pair.sums(), pair.ups()));
    }
    k.storeMatrices(matrices, problem.outType().pack(k, values), true);
  }

  /// Operands of two neighbouring tokens.
  ///
  /// @param half the thread's row that the sums belong to; their ups belong to the other one
  /// @param bias of the thread's two rows
  private record PairOperands(int half, List<F32> bias, List<F32> residual)
      implements EpilogueValue.Operands {
    @Override
    public List<F32> rows(Epilogue.RowVec vector, boolean ofUps) {
      F32 value = bias.get(ofUps ? 1 - half : half);
      return List.of(value, value);
    }

    @Override
    public List<F32> elements(Epilogue.Tile tile) {
      return residual;
    }
  }
}
