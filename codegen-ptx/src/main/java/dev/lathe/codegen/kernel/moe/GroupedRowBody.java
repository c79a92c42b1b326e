package dev.lathe.codegen.kernel.moe;

import dev.lathe.codegen.epilogue.EpilogueEmitter.Product;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.MemoryOps.Cache;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Operand.Address;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.tile.BlockReduction;
import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.codegen.tile.StridedVectors;
import java.util.ArrayList;
import java.util.List;

/// Emits the product of experts of few rows: a warp computes one column for up to 4 rows of one
/// expert, its lanes stride over k with vectors, several of which are under way.
final class GroupedRowBody {
  static final int WARPS = 8;

  /// Rows of a block.
  static final int ROWS = 4;

  private static final int LANES = 32;

  /// Vectors of a weight row that a lane has under way.
  private static final int UNDER_WAY = 4;

  private final KernelBuilder k;
  private final GroupedProblem problem;
  private final GroupedOperands operands;
  private final FloatFormat format;
  private final int width;
  private final int vector;
  private final B32 column;
  private final B32 lane;

  GroupedRowBody(KernelBuilder k, GroupedProblem problem) {
    this.k = k;
    this.problem = problem;
    this.operands = new GroupedOperands(k, problem);
    this.format = problem.linear().dtype();
    this.width = problem.linear().k();
    this.vector = StridedVectors.vectorFor(width, format);
    this.column = k.mad(k.blockX(), WARPS, k.warpIndex());
    this.lane = k.laneIndex();
  }

  void emit() {
    GroupTiles.Tile tile = operands.tile(k.blockY(), ROWS);
    k.exitIf(k.lt(tile.expert(), 0));
    k.exitIf(k.ge(column, problem.linear().outColumns()));
    boolean gates = operands.epilogue().gated();
    B32 row = gates ? k.mad(k.shr(column, 3), 16, k.and(column, 7)) : column;
    List<B32> weightRows = gates ? List.of(row, k.add(row, 8)) : List.of(row);
    B64 weight = operands.weight(tile.expert());
    List<B64> weights = weightRows.stream().map(r -> lane(weight, r)).toList();
    List<B64> inputs = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      B32 place = k.min(k.add(tile.first(), i), k.sub(tile.end(), 1));
      inputs.add(k.madWide(k.mul(lane, vector), format.bytes(), operands.inputRow(place)));
    }
    B32 count = k.sub(tile.end(), tile.first());
    k.ifElse(
        k.eq(count, 1),
        () -> multiply(tile, weightRows, weights, inputs.subList(0, 1)),
        () ->
            k.ifElse(
                k.eq(count, 2),
                () -> multiply(tile, weightRows, weights, inputs.subList(0, 2)),
                () -> multiply(tile, weightRows, weights, inputs)));
  }

  private B64 lane(B64 weight, B32 row) {
    B64 start = k.add(weight, k.mul(k.widen(row), (long) width * format.bytes()));
    return k.madWide(k.mul(lane, vector), format.bytes(), start);
  }

  /// @param weights where this lane's part of each row of the weight begins
  /// @param inputs where its part of each input row begins
  private void multiply(
      GroupTiles.Tile tile, List<B32> weightRows, List<B64> weights, List<B64> inputs) {
    List<List<F32>> sums = new ArrayList<>();
    for (int row = 0; row < weights.size(); row++) {
      List<F32> zeros = new ArrayList<>();
      inputs.forEach(_ -> zeros.add(k.constant(0f)));
      sums.add(zeros);
    }
    int round = LANES * vector;
    int rounds = Math.ceilDiv(width, round);
    int loops = width / (round * UNDER_WAY);
    if (loops > 0) {
      List<B64> from = weights.stream().map(k::copy).toList();
      List<B64> by = inputs.stream().map(k::copy).toList();
      k.forRange(
          k.constant(0),
          loops,
          1,
          _ -> {
            addRounds(from, by, sums, 0, UNDER_WAY);
            from.forEach(address -> k.addTo(address, bytes(round * UNDER_WAY)));
            by.forEach(address -> k.addTo(address, bytes(round * UNDER_WAY)));
          });
    }
    addRounds(weights, inputs, sums, loops * UNDER_WAY, rounds);
    store(tile, weightRows, sums);
  }

  private long bytes(int elements) {
    return (long) elements * format.bytes();
  }

  /// Adds the products of some rounds of vectors; past the end of the row they are zeros.
  private void addRounds(
      List<B64> weights, List<B64> inputs, List<List<F32>> sums, int first, int end) {
    List<List<List<F32>>> factors = new ArrayList<>();
    for (int round = first; round < end; round++) {
      int at = round;
      factors.add(weights.stream().map(row -> load(row, at, Cache.STREAM)).toList());
    }
    for (int round = first; round < end; round++) {
      for (int i = 0; i < inputs.size(); i++) {
        List<F32> x = load(inputs.get(i), round, Cache.DEFAULT);
        for (int row = 0; row < weights.size(); row++) {
          List<F32> w = factors.get(round - first).get(row);
          for (int j = 0; j < vector; j++) {
            k.fmaTo(sums.get(row).get(i), w.get(j), x.get(j));
          }
        }
      }
    }
  }

  private List<F32> load(B64 row, int round, Cache cache) {
    int element = round * LANES * vector;
    Address address = k.at(row, Math.toIntExact(bytes(element)));
    if (element + LANES * vector <= width) {
      return format.load(k, address, vector, cache);
    }
    List<F32> values = new ArrayList<>();
    for (int j = 0; j < vector; j++) {
      values.add(k.constant(0f));
    }
    Pred inside = k.lt(k.mul(lane, vector), width - element);
    k.ifThen(
        inside,
        () -> {
          List<F32> loaded = format.load(k, address, vector, cache);
          for (int j = 0; j < vector; j++) {
            k.assign(values.get(j), loaded.get(j));
          }
        });
    return values;
  }

  private void store(GroupTiles.Tile tile, List<B32> weightRows, List<List<F32>> sums) {
    List<List<F32>> totals =
        sums.stream()
            .map(row -> row.stream().map(sum -> BlockReduction.warpSum(k, sum)).toList())
            .toList();
    for (int i = 0; i < sums.getFirst().size(); i++) {
      B32 place = k.add(tile.first(), i);
      F32 first = totals.getFirst().get(i);
      F32 last = totals.getLast().get(i);
      Product product = Product.gated(first, weightRows.getFirst(), last, weightRows.getLast());
      Pred mine = k.and(k.eq(lane, 0), k.lt(place, tile.end()));
      k.ifThen(mine, () -> operands.epilogue().store(place, column, product));
    }
  }
}
