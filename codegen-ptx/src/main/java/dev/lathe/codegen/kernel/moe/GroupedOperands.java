package dev.lathe.codegen.kernel.moe;

import dev.lathe.codegen.epilogue.EpilogueEmitter;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import java.util.Optional;

/// Parameters of the plain kernels: input, rows if it gathers, starts, weight, result.
final class GroupedOperands {
  private final KernelBuilder k;
  private final GroupedProblem problem;
  private final B64 input;
  private final Optional<B64> rows;
  private final B64 starts;
  private final B64 weights;
  private final EpilogueEmitter epilogue;

  GroupedOperands(KernelBuilder k, GroupedProblem problem) {
    this.k = k;
    this.problem = problem;
    this.input = k.pointer("input");
    this.rows = problem.gathers() ? Optional.of(k.pointer("rows")) : Optional.empty();
    this.starts = k.pointer("starts");
    this.weights = k.pointer("weight");
    int columns = problem.linear().outColumns();
    this.epilogue = new EpilogueEmitter(k, problem.linear().epilogue(), columns);
  }

  B64 input() {
    return input;
  }

  Optional<B64> rows() {
    return rows;
  }

  EpilogueEmitter epilogue() {
    return epilogue;
  }

  GroupTiles.Tile tile(B32 number, int tileRows) {
    return new GroupTiles(k, starts, problem.experts(), tileRows).find(number);
  }

  /// The matrix of an expert.
  B64 weight(B32 expert) {
    return k.add(weights, k.mul(k.widen(expert), problem.expertBytes()));
  }

  /// The row of the input for a place.
  B64 inputRow(B32 place) {
    B32 row = rows.map(index -> k.loadB32(k.at(k.madWide(place, 4, index)))).orElse(place);
    return k.madWide(row, problem.linear().k() * problem.linear().dtype().bytes(), input);
  }
}
