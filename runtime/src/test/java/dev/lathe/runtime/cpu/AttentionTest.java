package dev.lathe.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Buffer.KvPart;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Heads;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttentionTest {
  private static final int TOKENS_PER_BLOCK = 8;
  private static final int BLOCKS = 40;
  private static final int MAX_BLOCKS = 16;
  private static final Heads HEADS = new Heads(6, 2, 12);
  private static final float SCALE = 0.3f;

  private final RandomTensors random = new RandomTensors(5);
  private final KvTensor keys = cache(KvPart.KEYS);
  private final KvTensor values = cache(KvPart.VALUES);

  private KvTensor cache(KvPart part) {
    KvTensor cache = new KvTensor(part, DType.F32, BLOCKS, 2, TOKENS_PER_BLOCK, HEADS.headDim());
    cache.fill(random.floats(BLOCKS * 2 * TOKENS_PER_BLOCK, HEADS.headDim()).data());
    return cache;
  }

  private static final float[] SLOPES = {0.5f, 0, -0.25f, 1, 0.125f, 2};

  /// What is done to scores besides scaling.
  private float softCap;

  private boolean slopes;
  private boolean causal = true;

  private StepOp.PagedAttention step(int window) {
    return new StepOp.PagedAttention(
        Ref.buffer("q"),
        Ref.buffer("k"),
        Ref.buffer("v"),
        Ref.buffer("starts"),
        Ref.buffer("lengths"),
        Ref.buffer("tables"),
        slopes ? Optional.of(Ref.weight("slopes")) : Optional.empty(),
        HEADS,
        SCALE,
        softCap,
        window,
        causal,
        Ref.buffer("out"));
  }

  private float[] run(int window, FloatTensor query, int[] starts, int[] lengths, int[] tables) {
    FloatTensor out = new FloatTensor(DType.F32, query.rows(), query.columns());
    CpuOps.run(
        step(window),
        Map.of(
            Ref.weight("slopes"),
            FloatTensor.vector(SLOPES),
            Ref.buffer("q"),
            query,
            Ref.buffer("k"),
            keys,
            Ref.buffer("v"),
            values,
            Ref.buffer("starts"),
            IntTensor.vector(starts),
            Ref.buffer("lengths"),
            IntTensor.vector(lengths),
            Ref.buffer("tables"),
            new IntTensor(lengths.length, MAX_BLOCKS, tables),
            Ref.buffer("out"),
            out));
    return out.data();
  }

  @Test
  void aRowThatSeesNoKeyGivesZeros() {
    FloatTensor query = random.floats(2, HEADS.query() * HEADS.headDim());
    int[] tables = new int[2 * MAX_BLOCKS];

    float[] out = run(0, query, new int[] {0, 1, 2}, new int[] {0, 3}, tables);

    int columns = query.columns();
    assertThat(Arrays.copyOfRange(out, 0, columns)).containsOnly(0f);
    assertThat(Arrays.copyOfRange(out, columns, 2 * columns)).doesNotContain(0f);
  }

  /// Straight from the definition, in double precision.
  private float[] expected(
      int window, FloatTensor query, int[] starts, int[] lengths, int[] tables) {
    float[] out = new float[query.rows() * query.columns()];
    for (int s = 0; s < lengths.length; s++) {
      int count = starts[s + 1] - starts[s];
      for (int i = 0; i < count; i++) {
        int position = lengths[s] - count + i;
        int from = window == 0 ? 0 : Math.max(0, position - window + 1);
        int[] table = Arrays.copyOfRange(tables, s * MAX_BLOCKS, (s + 1) * MAX_BLOCKS);
        for (int head = 0; head < HEADS.query(); head++) {
          int at = (starts[s] + i) * query.columns() + head * HEADS.headDim();
          int last = causal ? position : lengths[s] - 1;
          attend(query.data(), at, table, head, from, last, position, out);
        }
      }
    }
    return out;
  }

  private void attend(
      float[] query, int at, int[] table, int head, int from, int last, int position, float[] out) {
    int kvHead = head / HEADS.group();
    float[] allKeys = keys.toArray();
    float[] allValues = values.toArray();
    int dim = HEADS.headDim();
    double[] weights = new double[last + 1];
    double total = 0;
    for (int p = from; p <= last; p++) {
      double score = 0;
      for (int d = 0; d < dim; d++) {
        score += query[at + d] * allKeys[index(table, kvHead, p) + d];
      }
      double scaled = score * SCALE;
      double capped = softCap == 0 ? scaled : softCap * Math.tanh(scaled / softCap);
      weights[p] = Math.exp(capped + (slopes ? SLOPES[head] * (p - position) : 0));
      total += weights[p];
    }
    for (int d = 0; d < dim; d++) {
      double sum = 0;
      for (int p = from; p <= last; p++) {
        sum += weights[p] * allValues[index(table, kvHead, p) + d];
      }
      out[at + d] = (float) (sum / total);
    }
  }

  private static int index(int[] table, int kvHead, int position) {
    int block = table[position / TOKENS_PER_BLOCK];
    return ((block * 2 + kvHead) * TOKENS_PER_BLOCK + position % TOKENS_PER_BLOCK)
        * HEADS.headDim();
  }

  /// Tables of different blocks in random order; entries past the context are wrong on purpose.
  private int[] tables(int[] lengths) {
    int[] tables = new int[lengths.length * MAX_BLOCKS];
    Arrays.fill(tables, Integer.MIN_VALUE);
    int next = random.below(BLOCKS);
    for (int s = 0; s < lengths.length; s++) {
      for (int b = 0; b < Math.ceilDiv(lengths[s], TOKENS_PER_BLOCK); b++) {
        tables[s * MAX_BLOCKS + b] = next * 7 % BLOCKS;
        next++;
      }
    }
    return tables;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 8, 20, 1000})
  void agreesWithItsDefinitionForPromptsChunksAndSingleTokens(int window) {
    int[] lengths = {1, 37, 100, 60, 0, 9};
    int[] starts = {0, 1, 38, 39, 60, 60, 61};
    int[] tables = tables(lengths);
    FloatTensor query = random.floats(61, HEADS.query() * HEADS.headDim());

    float[] out = run(window, query, starts, lengths, tables);

    assertThat(out)
        .containsExactly(expected(window, query, starts, lengths, tables), within(2e-5f));
  }

  @ParameterizedTest
  @CsvSource({"0.5,false,true", "0,true,true", "0,false,false", "0.5,true,true", "2,true,false"})
  void agreesWithItsDefinitionWhateverIsDoneToScores(float cap, boolean alibi, boolean forward) {
    softCap = cap;
    slopes = alibi;
    causal = forward;

    agreesWithItsDefinitionForPromptsChunksAndSingleTokens(0);
  }

  @Test
  void givesTheSameBitsForAPromptInOnePieceAndTokenByToken() {
    int length = 53;
    int[] tables = tables(new int[] {length});
    FloatTensor query = random.floats(length, HEADS.query() * HEADS.headDim());
    float[] whole = run(0, query, new int[] {0, length}, new int[] {length}, tables);

    for (int i = 0; i < length; i++) {
      int columns = query.columns();
      float[] row = Arrays.copyOfRange(query.data(), i * columns, (i + 1) * columns);
      FloatTensor one = new FloatTensor(DType.F32, 1, columns, row);
      assertThat(run(0, one, new int[] {0, 1}, new int[] {i + 1}, tables))
          .isEqualTo(Arrays.copyOfRange(whole, i * columns, (i + 1) * columns));
    }
  }

  @Test
  void doesNotReadKeysThatLieAhead() {
    int[] tables = tables(new int[] {20});
    FloatTensor query = random.floats(1, HEADS.query() * HEADS.headDim());
    float[] before = run(0, query, new int[] {0, 1}, new int[] {18}, tables);
    float[] nan = new float[HEADS.headDim()];
    Arrays.fill(nan, Float.NaN);
    for (int head = 0; head < 2; head++) {
      keys.store(tables[2] * TOKENS_PER_BLOCK + 2, head, nan, 0);
      values.store(tables[2] * TOKENS_PER_BLOCK + 2, head, nan, 0);
    }

    assertThat(run(0, query, new int[] {0, 1}, new int[] {18}, tables)).isEqualTo(before);
  }
}
