package dev.lathe.codegen.kernel.linear;

import dev.lathe.codegen.epilogue.EpilogueEmitter;
import dev.lathe.codegen.kernel.linear.WeightStream.Chunk;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import java.util.List;
import java.util.stream.Stream;

/// Emits the linear kernel of few tokens that keeps memory busy from before its start to its end.
///
/// As in [SkinnyLinearBody], weight rows are the A operand of m16n8k16 and 8 tokens the B operand,
/// and warps split k. But a block stays on its multiprocessor and takes every gridX-th row tile,
/// and loads of weights never pause: not between row tiles, and not while the kernel before this
/// one ends, for weights are nobody's result.
///
/// What a lane loads of a row at once, 4 words, has to be an A operand as it stands: to rearrange
/// registers would mean to wait for all loads before the first product. Words 0 and 2 are then
/// taken for row g of the operand, words 1 and 3 for row g + 8. So each load takes two products,
/// with words 0 and 2 of the tokens and with words 1 and 3; half of either is the sum that is
/// wanted, the other half is dropped. Tensor cores have nothing else to do.
final class StreamLinearBody {
  private final KernelBuilder k;
  private final StreamLayout layout;
  private final WeightStream weights;
  private final StagedTokens tokens;
  private final StreamSums results;
  private final List<TileSums> sums;

  /// Sums of 8 tokens with the 8 upper and the 8 lower rows, each of even and of odd words.
  private record TileSums(
      List<F32> upperEven, List<F32> upperOdd, List<F32> lowerEven, List<F32> lowerOdd) {
    static TileSums of(KernelBuilder k) {
      return new TileSums(k.newF32s(4), k.newF32s(4), k.newF32s(4), k.newF32s(4));
    }

    Stream<F32> all() {
      return Stream.of(upperEven, upperOdd, lowerEven, lowerOdd).flatMap(List::stream);
    }

    /// The wanted halves together, as a C fragment of 16 rows.
    List<F32> fragment(KernelBuilder k) {
      return List.of(
          k.add(upperEven.get(0), upperOdd.get(2)),
          k.add(upperEven.get(1), upperOdd.get(3)),
          k.add(lowerEven.get(0), lowerOdd.get(2)),
          k.add(lowerEven.get(1), lowerOdd.get(3)));
    }
  }

  StreamLinearBody(KernelBuilder k, StreamLayout layout) {
    this.k = k;
    this.layout = layout;
    k.blocksPerSm(layout.config().blocksPerSm());
    B64 input = k.pointer("input");
    this.weights = new WeightStream(k, layout, k.pointer("weight"));
    LinearProblem linear = layout.linear();
    EpilogueEmitter epilogue = new EpilogueEmitter(k, linear.epilogue(), linear.outColumns());
    B32 count = k.size("tokens");
    this.tokens = new StagedTokens(k, layout, input, count, weights.laneElement());
    this.results = new StreamSums(k, layout, epilogue, count);
    this.sums = Stream.generate(() -> TileSums.of(k)).limit(layout.tokenTiles()).toList();
  }

  void emit() {
    k.startSuccessor();
    weights.start();
    tokens.prepare();
    k.waitForPredecessor();
    k.comment("tokens");
    tokens.stage();
    B32 tile = k.copy(k.blockX());
    k.loop(() -> {
      for (int i = 0; i < layout.tilesPerRound(); i++) {
        k.breakIf(k.ge(tile, layout.rowTiles()));
        k.comment("row tile " + i + " of a round of the ring");
        multiply(i * layout.positions());
        results.finish(tile, sums.stream().map(sum -> sum.fragment(k)).toList());
        k.addTo(tile, k.gridX());
      }
    });
  }

  /// Adds up a row tile that begins at a position of the ring. The barriers keep the assembler from
  /// putting off requests to the end of the tile, where it sees no use for them.
  private void multiply(int first) {
    sums.forEach(sum -> sum.all().forEach(value -> k.assign(value, 0f)));
    List<List<List<B32>>> factors = tokens.load(0);
    for (int slot = 0; slot < layout.positions(); slot++) {
      if (slot < layout.slots()) {
        List<List<List<B32>>> mine = factors;
        boolean far = slot + 1 < layout.slots() && !layout.isResident(slot + 1);
        factors = far ? tokens.load(slot + 1) : factors;
        multiply(weights.at(first + slot), mine);
        boolean near = slot + 1 < layout.slots() && !far;
        factors = near ? tokens.load(slot + 1) : factors;
      }
      weights.refill(first + slot);
      k.warpBarrier();
    }
  }

  private void multiply(Chunk chunk, List<List<List<B32>>> factors) {
    for (int half = 0; half < 2; half++) {
      for (int tile = 0; tile < layout.tokenTiles(); tile++) {
        List<B32> words = factors.get(tile).get(half);
        List<B32> even = List.of(words.get(0), words.get(2));
        List<B32> odd = List.of(words.get(1), words.get(3));
        TileSums sum = sums.get(tile);
        multiply(sum.upperEven, chunk.upper().get(half), even);
        multiply(sum.upperOdd, chunk.upper().get(half), odd);
        multiply(sum.lowerEven, chunk.lower().get(half), even);
        multiply(sum.lowerOdd, chunk.lower().get(half), odd);
      }
    }
  }

  private void multiply(List<F32> sum, List<B32> weights, List<B32> tokens) {
    k.mma(layout.linear().halfType(), sum, weights, tokens);
  }
}
