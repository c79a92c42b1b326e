package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.ArrayList;
import java.util.List;

/// Emits attention for ragged batches on tensor cores: a running softmax over tiles of 64 keys.
///
/// A block owns up to 64 rows of one sequence and one KV head; a row is a pair (token, query head
/// of the group), so that all heads that share a KV head read it once. Each of 4 warps holds 16
/// rows: queries, scores and results stay in registers, keys and values come through shared memory
/// by asynchronous copies, values while scores are computed and the next keys while values are
/// used. Rows of a tile are padded by 16 bytes, which for head sizes of a multiple of 16 keeps
/// every `ldmatrix` free of bank conflicts.
final class TileAttentionBody {
  static final int WARPS = 4;
  static final int ROWS = 64;
  private static final int KEYS = 64;
  private static final int CHUNK_BYTES = 16;
  private static final int COPY_LANES = 8;

  private final KernelBuilder k;
  private final AttentionProblem problem;
  private final int headDim;
  private final int pitch;
  private final int headsPerTile;
  private final int tokensPerTile;
  private final B64 queries;
  private final B64 keys;
  private final B64 values;
  private final B64 starts;
  private final B64 contexts;
  private final B64 tables;
  private final B64 out;
  private final B32 sequences;
  private final B32 group;
  private final B32 quad;
  private final B32 keyTile;
  private final B32 valueTile;

  TileAttentionBody(KernelBuilder k, AttentionProblem problem) {
    this.k = k;
    this.problem = problem;
    this.headDim = problem.headDim();
    this.pitch = headDim * 2 + CHUNK_BYTES;
    this.headsPerTile = headsPerTile(problem);
    this.tokensPerTile = tokensPerTile(problem);
    this.queries = k.pointer("queries");
    this.keys = k.pointer("keys");
    this.values = k.pointer("values");
    this.starts = k.pointer("starts");
    this.contexts = k.pointer("contexts");
    this.tables = k.pointer("tables");
    this.out = k.pointer("out");
    this.sequences = k.size("sequences");
    B32 lane = k.laneIndex();
    this.group = k.shr(lane, 2);
    this.quad = k.and(lane, 3);
    SharedRegion keyRegion = k.shared("keys_tile", KEYS * pitch, 16);
    SharedRegion valueRegion = k.shared("values_tile", KEYS * pitch, 16);
    this.keyTile = k.addressOf(keyRegion);
    this.valueTile = k.addressOf(valueRegion);
  }

  /// Query heads that one block handles.
  static int headsPerTile(AttentionProblem problem) {
    return Math.min(problem.heads().group(), ROWS);
  }

  /// Tokens that one block handles.
  static int tokensPerTile(AttentionProblem problem) {
    return ROWS / headsPerTile(problem);
  }

  /// What a block works on, the same for all its threads.
  ///
  /// @param start first row of the sequence in the batch
  /// @param length rows of the sequence
  /// @param firstToken of the tile, in the sequence's rows
  /// @param position of the sequence's first row
  private record Work(B32 sequence, B32 start, B32 length, B32 firstToken, B32 position) {}

  /// Two rows of a lane's fragments, 8 apart.
  ///
  /// @param address of the row's head in the result, without its base
  /// @param valid false for rows past the tokens or heads of the tile
  private record Row(B32 position, B64 address, Pred valid) {}

  void emit() {
    Work work = findWork();
    B32 last = k.min(k.add(work.firstToken, tokensPerTile), work.length);
    B32 end = k.add(work.position, last);
    B32 low = k.add(work.position, work.firstToken);
    B32 begin =
        problem.window() == 0
            ? k.constant(0)
            : k.and(k.max(k.sub(low, problem.window() - 1), k.constant(0)), -KEYS);
    List<Row> rows = List.of(row(work, 0), row(work, 8));
    List<List<B32>> query = loadQueries(rows);
    Softmax state = new Softmax();
    PagedKeys pages = new PagedKeys(k, problem, tables, work.sequence, k.blockY());
    TileCopy copy = new TileCopy(pages, begin, end);
    k.ifThen(
        k.lt(begin, end),
        () -> {
          copy.startKeys();
          copy.startValues();
          k.forRange(begin, end, KEYS, key -> attendTile(key, low, rows, query, state, copy));
        });
    k.waitCopies(0);
    store(rows, state);
  }

  private Work findWork() {
    Sequences search = new Sequences(k, starts, sequences);
    B32 sequence = search.ofTile(k.blockX(), tokensPerTile);
    B32 tile = k.sub(k.blockX(), search.firstTile(sequence, tokensPerTile));
    B32 start = search.start(sequence);
    B32 length = k.sub(search.start(k.add(sequence, 1)), start);
    B32 firstToken = k.mul(tile, tokensPerTile);
    k.exitIf(k.ge(firstToken, length));
    B32 context = k.loadB32(k.at(k.madWide(sequence, Integer.BYTES, contexts)));
    return new Work(sequence, start, length, firstToken, k.sub(context, length));
  }

  private Row row(Work work, int offset) {
    B32 index = k.add(k.mad(k.warpIndex(), 16, group), offset);
    B32 token = k.add(work.firstToken, k.div(index, headsPerTile));
    B32 headInGroup = k.mad(k.blockZ(), headsPerTile, k.rem(index, headsPerTile));
    Pred valid =
        k.and(
            k.and(k.lt(index, headsPerTile * tokensPerTile), k.lt(token, work.length)),
            k.lt(headInGroup, problem.heads().group()));
    B32 head = k.mad(k.blockY(), problem.heads().group(), headInGroup);
    B32 inRow = k.mad(head, headDim * 2, k.mul(quad, 4));
    B64 address = k.madWide(k.add(work.start, token), problem.rowElements() * 2, k.widen(inRow));
    return new Row(k.add(work.position, token), address, valid);
  }

  /// A fragments of the queries, one for each 16 elements of the head; 0 for rows that are not
  /// there.
  private List<List<B32>> loadQueries(List<Row> rows) {
    List<List<B32>> fragments = new ArrayList<>();
    List<B64> addresses = rows.stream().map(row -> k.add(queries, row.address)).toList();
    for (int step = 0; step < headDim / 16; step++) {
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

  /// The running softmax of a lane's two rows.
  private final class Softmax {
    final List<F32> greatest =
        List.of(k.constant(Float.NEGATIVE_INFINITY), k.constant(Float.NEGATIVE_INFINITY));

    /// Sum of this lane's weights.
    final List<F32> totals = List.of(k.constant(0f), k.constant(0f));

    /// Result fragments, 4 elements for each 8 columns of the head.
    final List<F32> sums = new ArrayList<>();

    Softmax() {
      for (int i = 0; i < headDim / 2; i++) {
        sums.add(k.constant(0f));
      }
    }

    /// Turns scores into weights, and rescales what was summed so far.
    void update(List<F32> scores) {
      for (int half = 0; half < 2; half++) {
        F32 top = k.copy(greatest.get(half));
        for (int i = 2 * half; i < scores.size(); i += 4) {
          k.maxTo(top, scores.get(i));
          k.maxTo(top, scores.get(i + 1));
        }
        k.maxTo(top, k.shuffleXor(top, 1));
        k.maxTo(top, k.shuffleXor(top, 2));
        F32 base = k.select(k.eq(top, Float.NEGATIVE_INFINITY), k.constant(0f), top);
        F32 rescale = k.exp2(k.sub(greatest.get(half), base));
        k.assign(greatest.get(half), top);
        k.mulTo(totals.get(half), rescale);
        for (int i = 2 * half; i < scores.size(); i += 4) {
          for (int j = i; j < i + 2; j++) {
            k.assign(scores.get(j), k.exp2(k.sub(scores.get(j), base)));
            k.addTo(totals.get(half), scores.get(j));
          }
        }
        for (int i = 2 * half; i < sums.size(); i += 4) {
          k.mulTo(sums.get(i), rescale);
          k.mulTo(sums.get(i + 1), rescale);
        }
      }
    }
  }

  /// Copies of tiles of keys and values; thread i takes chunk i mod 8 of rows i / 8, i / 8 + 16,
  /// ...
  private final class TileCopy {
    private static final int ROW_STEP = WARPS * 32 / COPY_LANES;

    private final PagedKeys pages;
    private final B32 end;
    private final B32 nextKey;
    private final B32 chunk;
    private final B32 localBytes;
    private final List<B64> offsets = new ArrayList<>();
    private final List<B32> bytes = new ArrayList<>();

    TileCopy(PagedKeys pages, B32 begin, B32 end) {
      this.pages = pages;
      this.end = end;
      this.chunk = k.and(k.threadIndex(), COPY_LANES - 1);
      B32 local = k.shr(k.threadIndex(), 3);
      this.nextKey = k.add(begin, local);
      this.localBytes = k.mad(local, pitch, k.mul(chunk, CHUNK_BYTES));
      for (int row = 0; row < KEYS; row += ROW_STEP) {
        offsets.add(k.constant64(0));
        bytes.add(k.constant(0));
      }
    }

    /// Finds the rows of the next tile and starts to copy its keys. Keys past the end become zeros.
    void startKeys() {
      for (int i = 0; i < offsets.size(); i++) {
        B32 key = k.add(nextKey, i * ROW_STEP);
        B32 known = k.min(key, k.sub(end, 1));
        B64 offset = k.madWide(chunk, CHUNK_BYTES, pages.rowOffset(known));
        k.assign(offsets.get(i), offset);
        k.assign(bytes.get(i), k.select(k.lt(key, end), CHUNK_BYTES, 0));
      }
      k.addTo(nextKey, KEYS);
      start(keys, keyTile);
    }

    /// Starts to copy the values of the tile whose keys were started last.
    void startValues() {
      start(values, valueTile);
    }

    private void start(B64 cache, B32 tile) {
      B32 target = k.add(tile, localBytes);
      int chunks = headDim * 2 / CHUNK_BYTES;
      for (int i = 0; i < offsets.size(); i++) {
        B64 source = k.add(cache, offsets.get(i));
        B32 valid = bytes.get(i);
        for (int first = 0; first < chunks; first += COPY_LANES) {
          int rowBytes = i * ROW_STEP * pitch + first * CHUNK_BYTES;
          int columnBytes = first * CHUNK_BYTES;
          Runnable copy =
              () ->
                  k.copyAsync(
                      k.at(target, rowBytes), k.at(source, columnBytes), CHUNK_BYTES, valid);
          if (first + COPY_LANES <= chunks) {
            copy.run();
          } else {
            k.when(k.lt(chunk, chunks - first), copy);
          }
        }
      }
      k.commitCopies();
    }
  }

  private void attendTile(
      B32 key, B32 low, List<Row> rows, List<List<B32>> query, Softmax state, TileCopy copy) {
    k.comment("scores of 64 keys");
    k.waitCopies(1);
    k.blockBarrier();
    List<F32> scores = scores(query);
    mask(key, low, rows, scores);
    k.blockBarrier();
    B32 next = k.add(key, KEYS);
    Pred more = k.lt(next, copy.end);
    copyNext(more, copy);
    k.comment("softmax, then values");
    state.update(scores);
    k.waitCopies(1);
    k.blockBarrier();
    addValues(scores, state.sums);
    k.blockBarrier();
    k.ifElse(more, copy::startValues, k::commitCopies);
  }

  private void copyNext(Pred more, TileCopy copy) {
    k.ifElse(more, copy::startKeys, k::commitCopies);
  }

  private List<F32> scores(List<List<B32>> query) {
    List<F32> scores = new ArrayList<>();
    for (int i = 0; i < KEYS / 8 * 4; i++) {
      scores.add(k.constant(0f));
    }
    B32 lane = k.laneIndex();
    B32 row = k.add(k.and(lane, 7), k.mul(k.shr(lane, 4), 8));
    B32 address = k.mad(row, pitch, k.add(keyTile, k.mul(k.and(k.shr(lane, 3), 1), CHUNK_BYTES)));
    for (int step = 0; step < headDim / 16; step++) {
      for (int pair = 0; pair < KEYS / 16; pair++) {
        List<B32> b = k.loadMatrices(k.at(address, pair * 16 * pitch + step * 32), 4, false);
        for (int n = 0; n < 2; n++) {
          int first = (pair * 2 + n) * 4;
          k.mma(
              problem.halfType(),
              scores.subList(first, first + 4),
              query.get(step),
              b.subList(2 * n, 2 * n + 2));
        }
      }
    }
    scores.forEach(score -> k.assign(score, k.mul(score, problem.exponentScale())));
    return scores;
  }

  /// Hides keys after a row's position and before its window, in tiles that have any.
  private void mask(B32 key, B32 low, List<Row> rows, List<F32> scores) {
    Pred causal = k.gt(k.add(key, KEYS - 1), low);
    Pred needed = causal;
    if (problem.window() > 0) {
      B32 high = k.add(low, tokensPerTile - 1);
      needed = k.or(causal, k.le(k.add(key, problem.window()), high));
    }
    k.ifThen(
        needed,
        () -> {
          B32 first = k.mad(quad, 2, key);
          for (int i = 0; i < scores.size(); i++) {
            Row row = rows.get((i >> 1) & 1);
            B32 column = k.add(first, (i >> 2) * 8 + (i & 1));
            Pred hidden = k.gt(column, row.position);
            if (problem.window() > 0) {
              hidden = k.or(hidden, k.le(k.add(column, problem.window()), row.position));
            }
            F32 score = scores.get(i);
            k.when(hidden, () -> k.assign(score, Float.NEGATIVE_INFINITY));
          }
        });
  }

  private void addValues(List<F32> weights, List<F32> sums) {
    B32 lane = k.laneIndex();
    B32 row = k.and(lane, 15);
    B32 address = k.mad(row, pitch, k.add(valueTile, k.mul(k.shr(lane, 4), CHUNK_BYTES)));
    for (int step = 0; step < KEYS / 16; step++) {
      List<B32> a = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int first = step * 8 + i * 2;
        a.add(
            problem
                .dtype()
                .pack(k, List.of(weights.get(first), weights.get(first + 1)))
                .getFirst());
      }
      for (int pair = 0; pair < headDim / 16; pair++) {
        List<B32> b = k.loadMatrices(k.at(address, step * 16 * pitch + pair * 32), 4, true);
        for (int n = 0; n < 2; n++) {
          int first = (pair * 2 + n) * 4;
          k.mma(problem.halfType(), sums.subList(first, first + 4), a, b.subList(2 * n, 2 * n + 2));
        }
      }
    }
  }

  private void store(List<Row> rows, Softmax state) {
    for (int half = 0; half < 2; half++) {
      F32 total = k.copy(state.totals.get(half));
      k.addTo(total, k.shuffleXor(total, 1));
      k.addTo(total, k.shuffleXor(total, 2));
      F32 inverse = k.select(k.gt(total, 0f), k.reciprocal(total), 0f);
      B64 address = k.add(out, rows.get(half).address);
      int first = 2 * half;
      k.ifThen(
          rows.get(half).valid,
          () -> {
            for (int n = 0; n < headDim / 8; n++) {
              F32 left = k.mul(state.sums.get(n * 4 + first), inverse);
              F32 right = k.mul(state.sums.get(n * 4 + first + 1), inverse);
              problem.dtype().store(k, k.at(address, n * 16), List.of(left, right));
            }
          });
    }
  }
}
