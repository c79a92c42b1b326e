package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.ArrayList;
import java.util.List;

/// The rows of a block of tiled attention: up to [#ROWS] pairs (token, query head of the group) of
/// one sequence and one KV head, so that all heads that share a KV head read it once. Each warp has
/// 16 rows, and each lane two of them, 8 apart.
final class TileRows {
  /// Rows of a block.
  static final int ROWS = 64;

  /// What a block works on, the same for all its threads.
  ///
  /// @param start first row of the sequence in the batch
  /// @param length rows of the sequence
  /// @param firstToken of the tile, in the sequence's rows
  /// @param position of the sequence's first row
  record Work(B32 sequence, B32 start, B32 length, B32 firstToken, B32 position) {}

  /// One row.
  ///
  /// @param head of the query; past the last one if the row is not valid
  /// @param address of the row's head in queries and result, without their base
  /// @param valid false for rows past the tokens or heads of the tile
  record Row(B32 position, B32 head, B64 address, Pred valid) {}

  private final KernelBuilder k;
  private final AttentionProblem problem;
  private final Work work;
  private final List<Row> rows = new ArrayList<>();

  private TileRows(KernelBuilder k, AttentionProblem problem, Work work) {
    this.k = k;
    this.problem = problem;
    this.work = work;
    B32 lane = k.laneIndex();
    for (int offset = 0; offset < 16; offset += 8) {
      rows.add(row(k.shr(lane, 2), k.and(lane, 3), offset));
    }
  }

  /// The rows of this block; threads of a block without any end here.
  static TileRows find(KernelBuilder k, AttentionProblem problem, AttentionParameters parameters) {
    int tokensPerTile = tokensPerTile(problem);
    Sequences search = new Sequences(k, parameters.starts(), parameters.sequences());
    B32 sequence = search.ofTile(k.blockX(), tokensPerTile);
    B32 tile = k.sub(k.blockX(), search.firstTile(sequence, tokensPerTile));
    B32 start = search.start(sequence);
    B32 length = k.sub(search.start(k.add(sequence, 1)), start);
    B32 firstToken = k.mul(tile, tokensPerTile);
    k.exitIf(k.ge(firstToken, length));
    B32 position = k.sub(parameters.context(k, sequence), length);
    return new TileRows(k, problem, new Work(sequence, start, length, firstToken, position));
  }

  /// Query heads that one block handles.
  static int headsPerTile(AttentionProblem problem) {
    return Math.min(problem.heads().group(), ROWS);
  }

  /// Tokens that one block handles.
  static int tokensPerTile(AttentionProblem problem) {
    return ROWS / headsPerTile(problem);
  }

  Work work() {
    return work;
  }

  /// This lane's rows.
  List<Row> rows() {
    return rows;
  }

  /// Position of the first row.
  B32 firstPosition() {
    return k.add(work.position, work.firstToken);
  }

  /// Behind the last key that a row sees.
  B32 endKey() {
    if (!problem.scores().causal()) {
      return k.add(work.position, work.length);
    }
    B32 last = k.min(k.add(work.firstToken, tokensPerTile(problem)), work.length);
    return k.add(work.position, last);
  }

  private Row row(B32 group, B32 quad, int offset) {
    int headsPerTile = headsPerTile(problem);
    B32 index = k.add(k.mad(k.warpIndex(), 16, group), offset);
    B32 token = k.add(work.firstToken, k.div(index, headsPerTile));
    B32 headInGroup = k.mad(k.blockZ(), headsPerTile, k.rem(index, headsPerTile));
    Pred valid =
        k.and(
            k.and(k.lt(index, headsPerTile * tokensPerTile(problem)), k.lt(token, work.length)),
            k.lt(headInGroup, problem.heads().group()));
    B32 head = k.mad(k.blockY(), problem.heads().group(), headInGroup);
    B32 inRow = k.mad(head, problem.headDim() * 2, k.mul(quad, 4));
    B64 address = k.madWide(k.add(work.start, token), problem.rowElements() * 2, k.widen(inRow));
    return new Row(k.add(work.position, token), head, address, valid);
  }

  /// Slopes of this lane's rows, where scores have slopes.
  List<F32> slopes(AttentionParameters parameters) {
    if (!problem.scores().sloped()) {
      return List.of();
    }
    int heads = problem.heads().query();
    return rows.stream()
        .map(row -> parameters.slope(k, k.min(row.head, heads - 1)))
        .map(slope -> problem.scores().exponentSlope(k, slope))
        .toList();
  }

  /// A fragments of the queries, one for each 16 elements of the head; 0 for rows that are not
  /// there.
  List<List<B32>> load(B64 queries) {
    List<List<B32>> fragments = new ArrayList<>();
    List<B64> addresses = rows.stream().map(row -> k.add(queries, row.address)).toList();
    for (int step = 0; step < problem.headDim() / 16; step++) {
      List<B32> words = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        B32 word = k.constant(0);
        B64 address = addresses.get(i & 1);
        int offset = step * 32 + (i >> 1) * 16;
        k.when(rows.get(i & 1).valid, () -> k.loadTo(word, k.at(address, offset)));
        words.add(word);
      }
      fragments.add(words);
    }
    return fragments;
  }

  /// Stores the results of the rows that are there.
  void store(B64 out, RunningSoftmax softmax) {
    for (int half = 0; half < 2; half++) {
      F32 inverse = softmax.normaliser(half);
      B64 address = k.add(out, rows.get(half).address);
      int first = 2 * half;
      k.ifThen(
          rows.get(half).valid,
          () -> {
            for (int n = 0; n < problem.headDim() / 8; n++) {
              F32 left = k.mul(softmax.sums().get(n * 4 + first), inverse);
              F32 right = k.mul(softmax.sums().get(n * 4 + first + 1), inverse);
              problem.dtype().store(k, k.at(address, n * 16), List.of(left, right));
            }
          });
    }
  }
}
