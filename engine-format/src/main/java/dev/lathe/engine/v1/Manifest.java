package dev.lathe.engine.v1;

import dev.lathe.engine.type.DType;
import java.util.List;
import java.util.Optional;

/// Everything about an engine but its plans, kernels' texts and weights: the entry `manifest.json`.
///
/// @param formatVersion 2
/// @param generator name and version of the writer
/// @param target `sm_90a`, `sm_80`, `sm_89` or `cpu`
/// @param plans profile names, in the order in which the runtime tries them; each is an entry
///     `plan/<name>.json`
/// @param entries digest of every entry of the file but the manifest
public record Manifest(
    int formatVersion,
    String generator,
    String target,
    Model model,
    Limits limits,
    KvCache kvCache,
    List<String> plans,
    List<KernelEntry> kernels,
    List<WeightEntry> weights,
    List<EntryDigest> entries) {

  public static final int FORMAT_VERSION = 3;

  public Manifest {
    plans = List.copyOf(plans);
    kernels = List.copyOf(kernels);
    weights = List.copyOf(weights);
    entries = List.copyOf(entries);
  }

  /// What the model is, as far as its users ask.
  ///
  /// @param architecture class name in the checkpoint's configuration: `LlamaForCausalLM`
  /// @param dtype of activations and unquantized weights
  /// @param parameters count of weights' elements
  /// @param endIds tokens that end a sequence
  /// @param maxPositions positions that the model was made for
  /// @param encoder what an encoder gives; empty of a model that generates
  public record Model(
      String architecture,
      DType dtype,
      long parameters,
      int layers,
      int hiddenSize,
      int vocabularySize,
      int maxPositions,
      Optional<Integer> beginId,
      List<Integer> endIds,
      Optional<Encoder> encoder) {
    public Model {
      endIds = List.copyOf(endIds);
    }

    /// A model that generates.
    public Model(
        String architecture,
        DType dtype,
        long parameters,
        int layers,
        int hiddenSize,
        int vocabularySize,
        int maxPositions,
        Optional<Integer> beginId,
        List<Integer> endIds) {
      this(
          architecture,
          dtype,
          parameters,
          layers,
          hiddenSize,
          vocabularySize,
          maxPositions,
          beginId,
          endIds,
          Optional.empty());
    }

    /// Columns of the rows that a step gives: logits, or what an encoder computes.
    public int outputColumns() {
      return encoder.map(Encoder::columns).orElse(vocabularySize);
    }
  }

  /// A model whose tokens see each other in both directions: it computes a prompt in one step,
  /// gives a row for each token, and generates nothing.
  ///
  /// @param columns of a row
  /// @param tokenTypes kinds of tokens that it tells apart; 0: it is told no kinds
  public record Encoder(int columns, int tokenTypes) {}

  /// Limits that the engine was planned for.
  ///
  /// @param contextLogits true if logits of prompt tokens can be had
  public record Limits(
      int maxBatchSize,
      int maxSequenceLength,
      int maxInputLength,
      int maxTokens,
      boolean contextLogits) {}

  /// Shape of the KV cache: every layer keeps keys and values `(blocks, heads, tokensPerBlock,
  /// headDim)`.
  public record KvCache(int layers, int heads, int headDim, int tokensPerBlock, DType dtype) {

    /// Bytes of one block over all layers, keys and values.
    public long blockBytes() {
      return 2L * layers * heads * headDim * tokensPerBlock * dtype.bytes();
    }

    /// Width of a row of [BatchInput#BLOCK_TABLES].
    public int maxBlocksPerSequence(Limits limits) {
      return Math.ceilDiv(limits.maxSequenceLength(), tokensPerBlock);
    }
  }

  /// Size and SHA-256 (lower-case hexadecimal) of one entry.
  public record EntryDigest(String name, long bytes, String sha256) {}
}
