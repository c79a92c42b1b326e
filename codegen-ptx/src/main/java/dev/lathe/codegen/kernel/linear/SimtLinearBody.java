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
import java.util.Optional;

/// Emits the linear kernel for any type and any k: float32 multiply-adds over 64x64 tiles.
///
/// 256 threads compute 4x4 results each; tiles of 16 elements of k are held k-major, so that a
/// thread reads its 4 tokens and its 4 features as one vector each. With gated columns a thread's
/// features are 2 gates and their 2 ups.
public final class SimtLinearBody {
  public static final int TILE = 64;
  public static final int THREADS = 256;
  private static final int TILE_K = 16;
  private static final int PITCH = TILE + 4;
  private static final int PER_THREAD = 4;

  private final KernelBuilder k;
  private final LinearProblem problem;
  private final EpilogueEmitter epilogue;
  private final B64 input;
  private final Optional<B64> rows;
  private final B64 weight;
  private final B32 tokens;
  private final B32 firstToken;
  private final B32 firstFeature;
  private final SharedRegion tokenTile;
  private final SharedRegion featureTile;
  private final B32 threadToken;
  private final B32 threadFeature;
  private final List<F32> sums = new ArrayList<>();

  /// Addresses.
  ///
  /// @param rows for each token the row of the input; empty: its own
  public record Operands(B64 input, Optional<B64> rows, B64 weight, EpilogueEmitter epilogue) {}

  /// What a block computes.
  ///
  /// @param tokens the end of the tokens
  public record Place(B32 firstToken, B32 tokens, B32 firstFeature) {}

  SimtLinearBody(KernelBuilder k, LinearProblem problem) {
    this(k, problem, operands(k, problem), place(k));
  }

  private static Operands operands(KernelBuilder k, LinearProblem problem) {
    B64 input = k.pointer("input");
    B64 weight = k.pointer("weight");
    EpilogueEmitter epilogue = new EpilogueEmitter(k, problem.epilogue(), problem.outColumns());
    return new Operands(input, Optional.empty(), weight, epilogue);
  }

  private static Place place(KernelBuilder k) {
    B32 tokens = k.size("tokens");
    return new Place(k.mul(k.blockX(), TILE), tokens, k.mul(k.blockY(), TILE));
  }

  /// The same for a block that knows its place; the place is the same in all threads.
  public SimtLinearBody(KernelBuilder k, LinearProblem problem, Operands operands, Place place) {
    this.k = k;
    this.problem = problem;
    this.input = operands.input();
    this.rows = operands.rows();
    this.weight = operands.weight();
    this.epilogue = operands.epilogue();
    this.tokens = place.tokens();
    this.firstToken = place.firstToken();
    this.firstFeature = place.firstFeature();
    this.tokenTile = k.shared("token_tile", TILE_K * PITCH * Float.BYTES, 16);
    this.featureTile = k.shared("feature_tile", TILE_K * PITCH * Float.BYTES, 16);
    B32 thread = k.threadIndex();
    this.threadToken = k.mul(k.shr(thread, 4), PER_THREAD);
    this.threadFeature = k.mul(k.and(thread, 15), PER_THREAD);
    for (int i = 0; i < PER_THREAD * PER_THREAD; i++) {
      sums.add(k.constant(0f));
    }
  }

  public void emit() {
    B32 end = k.constant(problem.k());
    k.forRange(
        0,
        end,
        TILE_K,
        firstK -> {
          load(tokenTile, input, rows, firstToken, tokens, firstK);
          B32 features = k.constant(problem.n());
          load(featureTile, weight, Optional.empty(), firstFeature, features, firstK);
          k.blockBarrier();
          multiply();
          k.blockBarrier();
        });
    store();
  }

  /// Thread i loads element i mod 16 of k of rows i / 16, i / 16 + 16, ...
  private void load(
      SharedRegion tile, B64 matrix, Optional<B64> index, B32 firstRow, B32 end, B32 firstK) {
    B32 column = k.and(k.threadIndex(), TILE_K - 1);
    B32 local = k.shr(k.threadIndex(), 4);
    B32 element = k.add(firstK, column);
    Pred insideK = k.lt(element, problem.k());
    B32 target = k.mad(k.mad(column, PITCH, local), Float.BYTES, k.addressOf(tile));
    int bytes = problem.dtype().bytes();
    for (int i = 0; i < TILE; i += THREADS / TILE_K) {
      B32 row = k.add(k.add(firstRow, local), i);
      F32 value = k.constant(0f);
      k.ifThen(
          k.and(insideK, k.lt(row, end)),
          () -> {
            B32 source =
                index.map(places -> k.loadB32(k.at(k.madWide(row, 4, places)))).orElse(row);
            B64 start = k.madWide(source, problem.k() * bytes, matrix);
            B64 address = k.madWide(element, bytes, start);
            k.assign(value, problem.dtype().load(k, k.at(address), 1).getFirst());
          });
      k.store(k.at(target, i * Float.BYTES), value);
    }
  }

  private void multiply() {
    B32 tokenBase = k.mad(threadToken, Float.BYTES, k.addressOf(tokenTile));
    B32 featureBase = k.mad(threadFeature, Float.BYTES, k.addressOf(featureTile));
    for (int i = 0; i < TILE_K; i++) {
      List<F32> a = k.loadFloats(k.at(tokenBase, i * PITCH * Float.BYTES), PER_THREAD);
      List<F32> b = k.loadFloats(k.at(featureBase, i * PITCH * Float.BYTES), PER_THREAD);
      for (int m = 0; m < PER_THREAD; m++) {
        for (int n = 0; n < PER_THREAD; n++) {
          k.fmaTo(sums.get(m * PER_THREAD + n), a.get(m), b.get(n));
        }
      }
    }
  }

  private void store() {
    if (epilogue.gated()) {
      storeGated();
      return;
    }
    for (int m = 0; m < PER_THREAD; m++) {
      B32 token = k.add(k.add(firstToken, threadToken), m);
      for (int n = 0; n < PER_THREAD; n++) {
        B32 row = k.add(k.add(firstFeature, threadFeature), n);
        F32 sum = sums.get(m * PER_THREAD + n);
        Pred inside = k.and(k.lt(token, tokens), k.lt(row, problem.n()));
        k.ifThen(inside, () -> epilogue.store(token, row, Product.of(sum, row)));
      }
    }
  }

  /// Gates lie 8 rows before their ups, in the thread two places to the left: sums meet in shared
  /// memory, one token of each thread at a time.
  private void storeGated() {
    B32 mine =
        k.mad(
            k.mad(k.shr(k.threadIndex(), 4), PITCH, threadFeature),
            Float.BYTES,
            k.addressOf(tokenTile));
    for (int m = 0; m < PER_THREAD; m++) {
      k.storeFloats(k.at(mine), sums.subList(m * PER_THREAD, (m + 1) * PER_THREAD));
      k.blockBarrier();
      B32 token = k.add(k.add(firstToken, threadToken), m);
      B32 row = k.add(firstFeature, threadFeature);
      Pred gates = k.eq(k.and(threadFeature, 8), 0);
      Pred inside = k.and(k.lt(token, tokens), k.lt(row, problem.n()));
      k.ifThen(k.and(gates, inside), () -> storeGates(mine, token, row));
      k.blockBarrier();
    }
  }

  private void storeGates(B32 mine, B32 token, B32 firstRow) {
    for (int n = 0; n < PER_THREAD; n++) {
      F32 gate = k.loadF32(k.at(mine, n * Float.BYTES));
      F32 up = k.loadF32(k.at(mine, (n + 8) * Float.BYTES));
      B32 row = k.add(firstRow, n);
      Product value = Product.gated(gate, row, up, k.add(row, 8));
      B32 column = k.add(k.mul(k.shr(row, 4), 8), k.and(row, 7));
      epilogue.store(token, column, value);
    }
  }
}
