package dev.lathe.codegen.kernel.linear;

import dev.lathe.codegen.epilogue.EpilogueEmitter;
import dev.lathe.codegen.epilogue.EpilogueEmitter.Product;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.ArrayList;
import java.util.List;

/// Emits the linear kernel for many tokens: `mma.sync` over tiles in shared memory, which
/// asynchronous copies fill some tiles of k ahead.
///
/// A tile row holds 64 elements of k, 128 bytes, as 8 chunks of 16 bytes; chunk c of row r lies at
/// place c xor (r mod 8), so that the 8 rows of an `ldmatrix` touch all banks once. Rows past the
/// last and elements past k are copied as zeros.
final class TiledLinearBody {
  private static final int TILE_K = 64;
  static final int ROW_BYTES = TILE_K * 2;
  private static final int CHUNK_BYTES = 16;
  private static final int ROW_CHUNKS = ROW_BYTES / CHUNK_BYTES;

  private final KernelBuilder k;
  private final LinearProblem problem;
  private final TiledLinearConfig config;
  private final EpilogueEmitter epilogue;
  private final B64 input;
  private final B64 weight;
  private final B32 tokens;
  private final B32 firstToken;
  private final B32 firstFeature;
  private final B32 shared;
  private final B32 warpToken;
  private final B32 warpFeature;
  private final int tokenTiles;
  private final int featureTiles;
  private final int stageBytes;
  private final List<F32> sums;

  TiledLinearBody(KernelBuilder k, LinearProblem problem, TiledLinearConfig config) {
    this.k = k;
    this.problem = problem;
    this.config = config;
    this.input = k.pointer("input");
    this.weight = k.pointer("weight");
    this.epilogue = new EpilogueEmitter(k, problem.epilogue(), problem.outColumns());
    this.tokens = k.size("tokens");
    this.firstToken = k.mul(k.blockX(), config.tokens());
    this.firstFeature = k.mul(k.blockY(), config.features());
    this.stageBytes = (config.tokens() + config.features()) * ROW_BYTES;
    SharedRegion tiles = k.shared("tiles", config.stages() * stageBytes, 128);
    this.shared = k.addressOf(tiles);
    B32 warp = k.warpIndex();
    this.warpToken = k.mul(k.rem(warp, config.tokenWarps()), config.tokens() / config.tokenWarps());
    this.warpFeature =
        k.mul(k.div(warp, config.tokenWarps()), config.features() / config.featureWarps());
    this.tokenTiles = config.tokens() / config.tokenWarps() / 16;
    this.featureTiles = config.features() / config.featureWarps() / 8;
    this.sums = new ArrayList<>();
    for (int i = 0; i < tokenTiles * featureTiles * 4; i++) {
      sums.add(k.constant(0f));
    }
  }

  void emit() {
    int tilesOfK = Math.ceilDiv(problem.k(), TILE_K);
    TileCopy tokenCopy = new TileCopy(input, k.sub(tokens, 1), firstToken, config.tokens(), 0);
    TileCopy featureCopy =
        new TileCopy(
            weight,
            k.constant(problem.n() - 1),
            firstFeature,
            config.features(),
            config.tokens() * ROW_BYTES);
    B32 nextK = k.constant(0);
    B32 fillOffset = k.constant(0);
    Runnable fill =
        () -> {
          k.ifThen(
              k.lt(nextK, problem.k()),
              () -> {
                tokenCopy.start(nextK, fillOffset);
                featureCopy.start(nextK, fillOffset);
              });
          k.commitCopies();
          k.addTo(nextK, TILE_K);
          step(fillOffset);
        };
    k.comment("fill all stages but one");
    k.unrolled(config.stages() - 1, i -> fill.run());
    FragmentAddresses fragments = new FragmentAddresses();
    B32 readOffset = k.constant(0);
    k.comment("tiles of " + TILE_K + " elements of k");
    k.forRange(
        0,
        k.constant(tilesOfK),
        1,
        tile -> {
          k.waitCopies(config.stages() - 2);
          k.blockBarrier();
          fill.run();
          multiplyTile(fragments, k.add(shared, readOffset));
          step(readOffset);
        });
    storeAll();
  }

  /// The byte offset of the next stage, around the ring.
  private void step(B32 offset) {
    k.addTo(offset, stageBytes);
    k.when(k.ge(offset, config.stages() * stageBytes), () -> k.assign(offset, 0));
  }

  /// Copies one operand's tile: thread i takes chunk i mod 8 of rows i / 8, i / 8 + threads / 8,
  /// ...
  private final class TileCopy {
    private final List<B64> rows = new ArrayList<>();
    private final List<B32> inside = new ArrayList<>();
    private final B32 chunk;
    private final B32 target;
    private final int rowStep;

    TileCopy(B64 matrix, B32 lastRow, B32 firstRow, int count, int regionOffset) {
      B32 thread = k.threadIndex();
      this.chunk = k.and(thread, ROW_CHUNKS - 1);
      B32 local = k.shr(thread, 3);
      this.rowStep = k.threads() / ROW_CHUNKS;
      B32 place = k.xor(chunk, k.and(local, ROW_CHUNKS - 1));
      B32 bytes = k.mad(local, ROW_BYTES, k.mul(place, CHUNK_BYTES));
      this.target = k.add(k.add(shared, bytes), regionOffset);
      for (int i = 0; i < count / rowStep; i++) {
        B32 row = k.add(k.add(firstRow, local), i * rowStep);
        inside.add(k.select(k.le(row, lastRow), CHUNK_BYTES, 0));
        B64 address = k.madWide(k.min(row, lastRow), problem.k() * 2, matrix);
        rows.add(k.madWide(chunk, CHUNK_BYTES, address));
      }
    }

    void start(B32 firstK, B32 stage) {
      B32 element = k.mad(chunk, CHUNK_BYTES / 2, firstK);
      Pred valid = k.lt(element, problem.k());
      B32 safeBytes = k.mul(k.select(valid, firstK, k.constant(0)), 2);
      B32 base = k.add(target, stage);
      for (int i = 0; i < rows.size(); i++) {
        B64 source = k.add(rows.get(i), k.widen(safeBytes));
        B32 bytes = k.select(valid, inside.get(i), k.constant(0));
        k.copyAsync(k.at(base, i * rowStep * ROW_BYTES), k.at(source), CHUNK_BYTES, bytes);
      }
    }
  }

  /// Byte offsets of this lane's `ldmatrix` rows, one for each k16 step of a tile.
  private final class FragmentAddresses {
    private final List<B32> tokenSteps = new ArrayList<>();
    private final List<B32> featureSteps = new ArrayList<>();

    FragmentAddresses() {
      B32 lane = k.laneIndex();
      B32 row = k.and(lane, 7);
      B32 tokenRow = k.add(warpToken, k.and(lane, 15));
      B32 featureRow = k.add(warpFeature, k.add(row, k.mul(k.shr(lane, 4), 8)));
      B32 tokenChunk = k.xor(k.shr(lane, 4), row);
      B32 featureChunk = k.xor(k.and(k.shr(lane, 3), 1), row);
      for (int step = 0; step < TILE_K / 16; step++) {
        tokenSteps.add(offset(tokenRow, tokenChunk, step));
        featureSteps.add(
            k.add(offset(featureRow, featureChunk, step), config.tokens() * ROW_BYTES));
      }
    }

    private B32 offset(B32 row, B32 chunk, int step) {
      return k.mad(row, ROW_BYTES, k.mul(k.xor(chunk, 2 * step), CHUNK_BYTES));
    }
  }

  private void multiplyTile(FragmentAddresses addresses, B32 stage) {
    for (int step = 0; step < TILE_K / 16; step++) {
      B32 tokenBase = k.add(stage, addresses.tokenSteps.get(step));
      B32 featureBase = k.add(stage, addresses.featureSteps.get(step));
      List<B32> b = new ArrayList<>();
      for (int pair = 0; pair < featureTiles / 2; pair++) {
        b.addAll(k.loadMatrices(k.at(featureBase, pair * 16 * ROW_BYTES), 4, false));
      }
      for (int m = 0; m < tokenTiles; m++) {
        List<B32> a = k.loadMatrices(k.at(tokenBase, m * 16 * ROW_BYTES), 4, false);
        for (int n = 0; n < featureTiles; n++) {
          k.mma(problem.halfType(), sums(m, n), a, b.subList(2 * n, 2 * n + 2));
        }
      }
    }
  }

  private List<F32> sums(int m, int n) {
    int first = (m * featureTiles + n) * 4;
    return sums.subList(first, first + 4);
  }

  private void storeAll() {
    k.comment("bias, activation, residual, store");
    B32 lane = k.laneIndex();
    B32 row = k.add(k.add(firstToken, warpToken), k.shr(lane, 2));
    B32 column = k.add(k.add(firstFeature, warpFeature), k.mul(k.and(lane, 3), 2));
    int tileStep = epilogue.gated() ? 2 : 1;
    for (int m = 0; m < tokenTiles; m++) {
      for (int half = 0; half < 2; half++) {
        B32 token = k.add(row, m * 16 + half * 8);
        int tile = m;
        int first = half * 2;
        k.ifThen(
            k.lt(token, tokens),
            () -> {
              for (int n = 0; n < featureTiles; n += tileStep) {
                storeTwo(token, k.add(column, n * 8), tile, n, first);
              }
            });
      }
    }
  }

  private void storeTwo(B32 token, B32 feature, int m, int n, int first) {
    if (epilogue.gated()) {
      k.ifThen(k.lt(feature, problem.n()), () -> storeGated(token, feature, m, n, first));
      return;
    }
    F32 left = sums(m, n).get(first);
    F32 right = sums(m, n).get(first + 1);
    B32 next = k.add(feature, 1);
    if (epilogue.pairs()) {
      k.ifThen(
          k.lt(feature, problem.n()),
          () ->
              epilogue.storePair(
                  token, feature, Product.of(left, feature), Product.of(right, next)));
    } else {
      k.ifThen(
          k.lt(feature, problem.n()),
          () -> epilogue.store(token, feature, Product.of(left, feature)));
      k.ifThen(k.lt(next, problem.n()), () -> epilogue.store(token, next, Product.of(right, next)));
    }
  }

  /// Weight rows alternate in blocks of 8: tile n holds gates, tile n + 1 their ups, in the same
  /// lanes.
  private void storeGated(B32 token, B32 gateRow, int m, int n, int first) {
    List<Product> values = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      B32 row = k.add(gateRow, i);
      F32 gate = sums(m, n).get(first + i);
      F32 up = sums(m, n + 1).get(first + i);
      values.add(Product.gated(gate, row, up, k.add(row, 8)));
    }
    B32 block = k.mul(k.shr(gateRow, 4), 8);
    epilogue.storePair(token, k.add(block, k.and(gateRow, 7)), values.get(0), values.get(1));
  }
}
