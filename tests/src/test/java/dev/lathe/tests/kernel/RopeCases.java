package dev.lathe.tests.kernel;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Buffer.KvPart;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Heads;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Splitting, normalising, rotating and appending; the whole cache is compared.
final class RopeCases {
  private static final int POSITIONS = 256;
  private static final int MAX_BLOCKS = 16;
  private static final float EPSILON = 1e-6f;

  /// How heads are turned. FAR: blocks whose addresses need 64 bits.
  private enum Kind {
    NEOX,
    INTERLEAVED,
    PARTIAL,
    PARTIAL_INTERLEAVED,
    NORM,
    NORM_ONLY,
    NORM_OF_ALL_HEADS,
    NONE,
    FAR;

    boolean normalizes() {
      return this == NORM || this == NORM_ONLY || this == NORM_OF_ALL_HEADS;
    }

    boolean rotates() {
      return this != NORM_ONLY && this != NONE;
    }

    boolean interleaves() {
      return this == INTERLEAVED || this == PARTIAL_INTERLEAVED;
    }

    int rotaryDim(int headDim) {
      boolean isPartial = this == PARTIAL || this == PARTIAL_INTERLEAVED;
      return isPartial ? Math.max(2, headDim / 4 / 2 * 2) : headDim;
    }
  }

  private RopeCases() {}

  static List<NamedCase> of() {
    List<NamedCase> cases = new ArrayList<>();
    for (DType dtype : List.of(DType.BF16, DType.F16, DType.F32)) {
      for (Kind kind : Kind.values()) {
        add(cases, dtype, kind, new Heads(4, 2, 64), 16);
        add(cases, dtype, kind, new Heads(32, 8, 128), 64);
      }
      for (Heads heads :
          List.of(
              new Heads(28, 4, 128),
              new Heads(2, 1, 16),
              new Heads(3, 3, 80),
              new Heads(6, 2, 96),
              new Heads(16, 1, 256))) {
        add(cases, dtype, Kind.NEOX, heads, 32);
        add(cases, dtype, Kind.NORM, heads, 32);
      }
    }
    return cases;
  }

  private static void add(
      List<NamedCase> cases, DType dtype, Kind kind, Heads heads, int tokensPerBlock) {
    for (boolean decode : new boolean[] {true, false}) {
      String name =
          "%s %s heads %d/%d of %d, %d a block, %s"
              .formatted(
                  dtype.text(),
                  kind.name().toLowerCase(Locale.ROOT),
                  heads.query(),
                  heads.keyValue(),
                  heads.headDim(),
                  tokensPerBlock,
                  decode ? "decode" : "mixed");
      cases.add(new NamedCase(name, () -> make(name, dtype, kind, heads, tokensPerBlock, decode)));
    }
  }

  private static RaggedBatch batch(Numbers numbers, int tokensPerBlock, boolean decode) {
    List<RaggedBatch.Piece> pieces = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      int past = numbers.between(0, 150);
      pieces.add(RaggedBatch.Piece.of(past, decode ? 1 : numbers.between(1, 40)));
      if (i % 2 == 1) {
        pieces.add(decode ? RaggedBatch.Piece.paddingRow() : RaggedBatch.Piece.empty());
      }
    }
    return RaggedBatch.of(numbers, tokensPerBlock, MAX_BLOCKS, pieces);
  }

  private static StepCase make(
      String name, DType dtype, Kind kind, Heads heads, int tokensPerBlock, boolean decode) {
    Numbers numbers = new Numbers(name);
    RaggedBatch batch = batch(numbers, tokensPerBlock, decode);
    Profile profile = decode ? Profiles.decode(16) : Profiles.mixed();
    Sizes sizes = new Sizes(batch.tokens(), batch.sequences(), batch.sequences());
    StepCaseBuilder builder = new StepCaseBuilder(name, profile, sizes);
    int firstBlock = kind == Kind.FAR ? farBlock(heads, tokensPerBlock, dtype) : 0;
    Operand.CacheShape shape =
        new Operand.CacheShape(
            batch.blocks(), heads.keyValue(), tokensPerBlock, heads.headDim(), firstBlock);
    Ref qkv =
        builder.buffer(
            "qkv", SizeExpr.TOKENS, numbers.matrix(dtype, batch.tokens(), heads.qkvColumns(), 1));
    Ref positions =
        builder.vector("positions", SizeExpr.TOKENS, Operand.Ints.vector(batch.positions()));
    Ref slots = builder.vector("slots", SizeExpr.TOKENS, batch.slotsFrom(firstBlock));
    Ref keys = builder.cache("keys", cache(numbers, KvPart.KEYS, dtype, shape));
    Ref values = builder.cache("values", cache(numbers, KvPart.VALUES, dtype, shape));
    Ref query =
        builder.buffer(
            "query",
            SizeExpr.TOKENS,
            Operand.Floats.result(dtype, batch.tokens(), heads.query() * heads.headDim()));
    Optional<StepOp.Rotary> rotary =
        kind.rotates() ? Optional.of(rotary(builder, kind, heads)) : Optional.empty();
    builder.exact(values);
    return builder.build(
        new StepOp.RopeKvAppend(
            qkv,
            positions,
            slots,
            norm(builder, numbers, kind, "query_norm", dtype, heads, heads.query()),
            norm(builder, numbers, kind, "key_norm", dtype, heads, heads.keyValue()),
            EPSILON,
            rotary,
            keys,
            values,
            heads,
            query));
  }

  /// The least block that begins more than 4 GB after the cache.
  static int farBlock(Heads heads, int tokensPerBlock, DType dtype) {
    long blockBytes = (long) heads.keyValue() * tokensPerBlock * heads.headDim() * dtype.bytes();
    long bySlot = Integer.MAX_VALUE / tokensPerBlock / 2;
    return Math.toIntExact(Math.min(bySlot, (5L << 30) / blockBytes));
  }

  private static Operand.Cache cache(
      Numbers numbers, KvPart part, DType dtype, Operand.CacheShape shape) {
    float[] data = numbers.floats(dtype, shape.elements(), 1);
    return new Operand.Cache(part, dtype, shape, data, data);
  }

  /// @param count of the heads of queries, or of keys
  private static Optional<Ref> norm(
      StepCaseBuilder builder,
      Numbers numbers,
      Kind kind,
      String name,
      DType dtype,
      Heads heads,
      int count) {
    int columns = heads.headDim() * (kind == Kind.NORM_OF_ALL_HEADS ? count : 1);
    return kind.normalizes()
        ? Optional.of(builder.weightVector(name, numbers.scales(dtype, columns)))
        : Optional.empty();
  }

  private static StepOp.Rotary rotary(StepCaseBuilder builder, Kind kind, Heads heads) {
    int dim = kind.rotaryDim(heads.headDim());
    int half = dim / 2;
    float[] table = new float[POSITIONS * dim];
    for (int position = 0; position < POSITIONS; position++) {
      for (int i = 0; i < half; i++) {
        double angle = position / Math.pow(10_000, 2.0 * i / dim);
        table[position * dim + i] = (float) Math.cos(angle);
        table[position * dim + half + i] = (float) Math.sin(angle);
      }
    }
    Ref ref = builder.weight("rotary", new Operand.Floats(DType.F32, POSITIONS, dim, table, false));
    return new StepOp.Rotary(ref, dim, kind.interleaves());
  }
}
