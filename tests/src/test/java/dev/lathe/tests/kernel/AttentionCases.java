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
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Attention over paged caches. Places of the cache that hold no token are NaN on the GPU.
final class AttentionCases {
  private static final int MOST_CONTEXT = 700;
  private static final int TABLE_TOKENS = 1024;

  private static final List<Heads> HEADS =
      List.of(
          new Heads(2, 1, 64),
          new Heads(28, 4, 128),
          new Heads(16, 1, 128),
          new Heads(8, 8, 64),
          new Heads(71, 1, 64),
          new Heads(4, 2, 80),
          new Heads(4, 2, 96),
          new Heads(4, 4, 16),
          new Heads(8, 2, 256));

  private AttentionCases() {}

  /// What is done to scores, and which keys are seen.
  private enum Rule {
    CAUSAL,
    SOFT_CAP,
    SLOPES,
    BOTH_DIRECTIONS;

    float softCap() {
      return this == SOFT_CAP ? 5 : 0;
    }
  }

  /// @param far blocks whose addresses need 64 bits
  private record Setting(
      DType dtype,
      Heads heads,
      int tokensPerBlock,
      int window,
      boolean decode,
      int rows,
      boolean far,
      boolean everyCandidate,
      Rule rule) {

    Setting(
        DType dtype,
        Heads heads,
        int tokensPerBlock,
        int window,
        boolean decode,
        int rows,
        boolean far,
        boolean everyCandidate) {
      this(dtype, heads, tokensPerBlock, window, decode, rows, far, everyCandidate, Rule.CAUSAL);
    }

    String name() {
      return "%s heads %d/%d of %d, %d a block, window %d, %s, %s%s%s"
          .formatted(
              dtype.text(),
              heads.query(),
              heads.keyValue(),
              heads.headDim(),
              tokensPerBlock,
              window,
              decode ? "decode of " + rows : "mixed",
              rule.name().toLowerCase(Locale.ROOT).replace('_', ' '),
              far ? ", beyond 4 GB" : "",
              everyCandidate ? ", every kernel" : "");
    }
  }

  /// Contexts of 1 to 700 tokens.
  static List<NamedCase> of(boolean decode) {
    List<Setting> settings = new ArrayList<>();
    for (int tokensPerBlock : new int[] {16, 32, 64}) {
      for (int window : new int[] {0, 1, 50}) {
        settings.add(setting(DType.BF16, new Heads(32, 8, 128), tokensPerBlock, window, decode));
        settings.add(setting(DType.BF16, new Heads(4, 2, 64), tokensPerBlock, window, decode));
      }
    }
    int turn = 0;
    for (Heads heads : HEADS) {
      int tokensPerBlock = 16 << (turn++ % 3);
      settings.add(setting(DType.BF16, heads, tokensPerBlock, 0, decode));
      settings.add(setting(DType.BF16, heads, tokensPerBlock, 100, decode));
      settings.add(setting(DType.F32, heads, tokensPerBlock, turn % 2 * 33, decode));
    }
    for (Heads heads : List.of(new Heads(32, 8, 128), new Heads(4, 2, 64), new Heads(6, 2, 80))) {
      settings.add(setting(DType.F16, heads, 64, 0, decode));
      settings.add(setting(DType.F16, heads, 32, 64, decode));
    }
    settings.addAll(ruled(decode));
    settings.add(new Setting(DType.BF16, new Heads(8, 2, 128), 32, 0, decode, 9, true, false));
    for (Heads heads : List.of(new Heads(32, 8, 128), new Heads(8, 8, 64))) {
      settings.add(new Setting(DType.BF16, heads, 32, 0, decode, 9, false, true));
    }
    return settings.stream().map(AttentionCases::named).toList();
  }

  private static List<Setting> ruled(boolean decode) {
    List<Setting> settings = new ArrayList<>();
    for (Rule rule : List.of(Rule.SOFT_CAP, Rule.SLOPES, Rule.BOTH_DIRECTIONS)) {
      for (Heads heads : List.of(new Heads(8, 2, 128), new Heads(4, 4, 64), new Heads(6, 2, 96))) {
        int window = rule == Rule.SOFT_CAP && heads.group() > 1 ? 40 : 0;
        for (DType dtype : List.of(DType.BF16, DType.F32)) {
          settings.add(new Setting(dtype, heads, 32, window, decode, 9, false, false, rule));
        }
      }
    }
    return settings;
  }

  private static Setting setting(
      DType dtype, Heads heads, int tokensPerBlock, int window, boolean decode) {
    int rows = window == 0 ? 9 : 24;
    return new Setting(dtype, heads, tokensPerBlock, window, decode, rows, false, false);
  }

  private static NamedCase named(Setting setting) {
    return new NamedCase(
        setting.name(),
        () -> {
          Numbers numbers = new Numbers(setting.name());
          List<RaggedBatch.Piece> pieces =
              setting.decode() ? decodePieces(numbers, setting) : mixedPieces(numbers);
          return make(setting, numbers, pieces, TABLE_TOKENS);
        });
  }

  private static List<RaggedBatch.Piece> decodePieces(Numbers numbers, Setting setting) {
    List<RaggedBatch.Piece> pieces = new ArrayList<>();
    int real = setting.rows() - 2;
    for (int context :
        RaggedBatch.contexts(numbers, setting.tokensPerBlock(), real, MOST_CONTEXT)) {
      pieces.add(RaggedBatch.Piece.decode(context));
    }
    pieces.add(2, RaggedBatch.Piece.paddingRow());
    pieces.add(RaggedBatch.Piece.paddingRow());
    return pieces;
  }

  private static List<RaggedBatch.Piece> mixedPieces(Numbers numbers) {
    List<RaggedBatch.Piece> pieces = new ArrayList<>();
    pieces.add(RaggedBatch.Piece.of(0, 1));
    pieces.add(RaggedBatch.Piece.of(0, 65));
    pieces.add(RaggedBatch.Piece.empty());
    pieces.add(RaggedBatch.Piece.of(MOST_CONTEXT - 1, 1));
    pieces.add(RaggedBatch.Piece.of(300, 130));
    pieces.add(RaggedBatch.Piece.of(numbers.between(1, 400), numbers.between(2, 63)));
    pieces.add(RaggedBatch.Piece.of(63, 2));
    pieces.add(RaggedBatch.Piece.decode(numbers.between(1, 100)));
    pieces.add(RaggedBatch.Piece.of(0, numbers.between(1, 50)));
    pieces.add(RaggedBatch.Piece.empty());
    return pieces;
  }

  /// Contexts of 5000 tokens.
  static List<NamedCase> ofLongContexts() {
    List<NamedCase> cases = new ArrayList<>();
    for (Heads heads : List.of(new Heads(32, 8, 128), new Heads(4, 2, 64))) {
      for (int window : new int[] {0, 4096}) {
        for (DType dtype : List.of(DType.BF16, DType.F32)) {
          Setting decode = new Setting(dtype, heads, 64, window, true, 3, false, false);
          Setting mixed = new Setting(dtype, heads, 64, window, false, 3, false, false);
          cases.add(longContext(decode, RaggedBatch.Piece.decode(5000)));
          cases.add(longContext(mixed, RaggedBatch.Piece.of(4970, 30)));
        }
      }
    }
    return cases;
  }

  private static NamedCase longContext(Setting setting, RaggedBatch.Piece piece) {
    return new NamedCase(
        setting.name() + ", context 5000",
        () -> {
          Numbers numbers = new Numbers(setting.name());
          return make(setting, numbers, List.of(RaggedBatch.Piece.decode(3), piece), 8192);
        });
  }

  private static StepCase make(
      Setting setting, Numbers numbers, List<RaggedBatch.Piece> pieces, int tableTokens) {
    DType dtype = setting.dtype();
    Heads heads = setting.heads();
    RaggedBatch batch =
        RaggedBatch.of(
            numbers, setting.tokensPerBlock(), tableTokens / setting.tokensPerBlock(), pieces);
    int firstBlock = setting.far() ? RopeCases.farBlock(heads, setting.tokensPerBlock(), dtype) : 0;
    Profile profile =
        setting.decode() ? Profiles.decode(setting.rows() > 16 ? 64 : 16) : Profiles.mixed();
    StepCaseBuilder builder =
        new StepCaseBuilder(
            setting.name(),
            profile,
            new Sizes(batch.tokens(), batch.sequences(), batch.sequences()));
    int columns = heads.query() * heads.headDim();
    Ref query =
        builder.buffer("query", SizeExpr.TOKENS, queries(numbers, dtype, batch.tokens(), heads));
    Ref keys = builder.cache("keys", cache(numbers, KvPart.KEYS, setting, batch, firstBlock));
    Ref values = builder.cache("values", cache(numbers, KvPart.VALUES, setting, batch, firstBlock));
    Ref starts =
        builder.vector(
            "query_starts",
            SizeExpr.SEQUENCES.plus(SizeExpr.of(1)),
            Operand.Ints.vector(batch.queryStarts()));
    Ref contexts =
        builder.vector(
            "context_lengths", SizeExpr.SEQUENCES, Operand.Ints.vector(batch.contextLengths()));
    Ref tables = builder.blockTables("block_tables", batch.tablesFrom(firstBlock));
    Ref out =
        builder.buffer(
            "out", SizeExpr.TOKENS, Operand.Floats.result(dtype, batch.tokens(), columns));
    builder.tolerance(out, Tolerance.attention(dtype)).paddingRows(batch.paddingRows());
    if (setting.everyCandidate()) {
      builder.everyCandidate();
    }
    float scale = (float) (1 / Math.sqrt(heads.headDim()));
    Rule rule = setting.rule();
    Optional<Ref> slopes =
        rule == Rule.SLOPES
            ? Optional.of(builder.weightVector("slopes", numbers.scales(DType.F32, heads.query())))
            : Optional.empty();
    return builder.build(
        new StepOp.PagedAttention(
            query,
            keys,
            values,
            starts,
            contexts,
            tables,
            slopes,
            heads,
            scale,
            rule.softCap(),
            setting.window(),
            rule != Rule.BOTH_DIRECTIONS,
            out));
  }

  /// The first element of each head is large: with the loud keys of [#cache] the softmax is not
  /// flat.
  private static Operand.Floats queries(Numbers numbers, DType dtype, int tokens, Heads heads) {
    Operand.Floats queries = numbers.matrix(dtype, tokens, heads.query() * heads.headDim(), 1);
    for (int i = 0; i < queries.data().length; i += heads.headDim()) {
      queries.data()[i] = Elements.round(dtype, (float) Math.sqrt(heads.headDim()));
    }
    return queries;
  }

  private static Operand.Cache cache(
      Numbers numbers, KvPart part, Setting setting, RaggedBatch batch, int firstBlock) {
    Heads heads = setting.heads();
    int tokensPerBlock = setting.tokensPerBlock();
    int dim = heads.headDim();
    Operand.CacheShape shape =
        new Operand.CacheShape(batch.blocks(), heads.keyValue(), tokensPerBlock, dim, firstBlock);
    float[] cpu = numbers.floats(setting.dtype(), shape.elements(), 1);
    float[] gpu = cpu.clone();
    boolean[] used = batch.used();
    for (int at = 0; at < cpu.length; at += dim) {
      int token = at / dim % tokensPerBlock;
      int block = at / shape.blockElements();
      if (!used[block * tokensPerBlock + token]) {
        Arrays.fill(cpu, at, at + dim, 0f);
        Arrays.fill(gpu, at, at + dim, Float.NaN);
      } else if (part == KvPart.KEYS && numbers.chance(0.05)) {
        cpu[at] = 4;
        gpu[at] = 4;
      }
    }
    return new Operand.Cache(part, setting.dtype(), shape, gpu, cpu);
  }
}
