package dev.lathe.engine.v1;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What one step computes. All arithmetic is float32; a result is rounded (nearest even) to the
/// dtype of its buffer when it is stored, and only then. Shapes: T tokens, S sequences, R logit
/// rows, V vocabulary. A reduction's order is the kernel's own. Rows of a result after those of the
/// batch, as far as its buffer goes, may be overwritten with anything.
public sealed interface StepOp {

  /// A step that multiplies rows by a matrix of weights: what takes most of the time.
  sealed interface Product extends StepOp permits Linear, LinearArgmax, GroupedLinear {
    Ref in();

    /// The matrix, or one an expert.
    Ref weight();
  }

  /// `out[t] = table[ids[t]]`. ids `(T)` i32, table `(V, H)`, out `(T, H)`. An id outside the table
  /// gives a row of zeros.
  record Embedding(Ref ids, Ref table, Ref out) implements StepOp {}

  /// `out = in / sqrt(mean(in^2) + epsilon) * (weightOffset + weight)` over each group of `group`
  /// elements of a row. in, out `(T, H)` with H a multiple of group, weight `(group)`. The sum of
  /// offset and weight is not rounded to the weight's dtype. Source: Zhang, Sennrich 2019.
  record RmsNorm(Ref in, Ref weight, Ref out, int group, float epsilon, float weightOffset)
      implements StepOp {

    /// With the weight as it is.
    public RmsNorm(Ref in, Ref weight, Ref out, int group, float epsilon) {
      this(in, weight, out, group, epsilon, 0);
    }
  }

  /// `sum = in + residual`, rounded to its dtype, then `out = rmsNorm(sum)` as [RmsNorm] over whole
  /// rows. All `(T, H)`. `sum` may be the same buffer as `residual`.
  record AddRmsNorm(
      Ref in, Ref residual, Ref weight, Ref sum, Ref out, float epsilon, float weightOffset)
      implements StepOp {

    /// With the weight as it is.
    public AddRmsNorm(Ref in, Ref residual, Ref weight, Ref sum, Ref out, float epsilon) {
      this(in, residual, weight, sum, out, epsilon, 0);
    }
  }

  /// `out = (in - mean(in)) / sqrt(mean((in - mean(in))^2) + epsilon) * weight + bias` over rows.
  /// in, out `(T, H)`, weight and bias `(H)`. Source: Ba, Kiros, Hinton 2016.
  record LayerNorm(Ref in, Ref weight, Optional<Ref> bias, Ref out, float epsilon)
      implements StepOp {}

  /// `sum = in + residual`, rounded to its dtype, then `out = layerNorm(sum)` as [LayerNorm]. All
  /// `(T, H)`. `sum` may be the same buffer as `residual`.
  record AddLayerNorm(
      Ref in, Ref residual, Ref weight, Optional<Ref> bias, Ref sum, Ref out, float epsilon)
      implements StepOp {}

  /// `out = scale * activation(in * weight^T + bias) + residual`. in `(T, K)`, weight `(N, K)`
  /// row-major, bias `(N)`; residual and out `(T, N)`, or `(T, N / 2)` with an activation that
  /// gates. `residual` may be the same buffer as `out`.
  record Linear(
      Ref in,
      Ref weight,
      Optional<Ref> bias,
      Activation activation,
      float scale,
      Optional<Ref> residual,
      Ref out)
      implements Product {

    /// Without a scale.
    public Linear(
        Ref in,
        Ref weight,
        Optional<Ref> bias,
        Activation activation,
        Optional<Ref> residual,
        Ref out) {
      this(in, weight, bias, activation, 1, residual, out);
    }
  }

  /// `out[t]` is the column of the greatest of `scale * (in[t] * weight^T + bias)`, the lowest one
  /// among equals; NaN counts as minus infinity. in `(T, K)`, weight `(N, K)` row-major, bias
  /// `(N)`, out `(T)` i32. What [Linear] and [Sample] with topK = 1 give together, but that nothing
  /// is rounded in between.
  record LinearArgmax(Ref in, Ref weight, Optional<Ref> bias, float scale, Ref out)
      implements Product {}

  /// `out = silu(gate) * up` with `gateUp = [gate, up]`, `(T, 2I)`; out `(T, I)`.
  record SwiGlu(Ref gateUp, Ref out) implements StepOp {}

  /// Splits `qkv` `(T, (heads + 2 kvHeads) * headDim)` = [q heads, k heads, v heads], normalises q
  /// and k where norm weights are given ([RmsNorm] with epsilon and weightOffset, over groups of as
  /// many elements as the weight has: `(headDim)` for each head, or all columns of q, or of k, at
  /// once), rotates q and k, writes q to `query` `(T, heads * headDim)` and k, v to the KV cache at
  /// `slots[t]`.
  record RopeKvAppend(
      Ref qkv,
      Ref positions,
      Ref slots,
      Optional<Ref> queryNorm,
      Optional<Ref> keyNorm,
      float epsilon,
      float weightOffset,
      Optional<Rotary> rotary,
      Ref keyCache,
      Ref valueCache,
      Heads heads,
      Ref query)
      implements StepOp {

    /// With norm weights as they are.
    public RopeKvAppend(
        Ref qkv,
        Ref positions,
        Ref slots,
        Optional<Ref> queryNorm,
        Optional<Ref> keyNorm,
        float epsilon,
        Optional<Rotary> rotary,
        Ref keyCache,
        Ref valueCache,
        Heads heads,
        Ref query) {
      this(
          qkv,
          positions,
          slots,
          queryNorm,
          keyNorm,
          epsilon,
          0,
          rotary,
          keyCache,
          valueCache,
          heads,
          query);
    }
  }

  /// Attention of the step's tokens over the paged cache, the step's own keys included.
  /// Query row i of sequence s (len = queryStarts[s+1] - queryStarts[s]) has position
  /// p = contextLengths[s] - len + i. If causal, it sees keys max(0, p - window + 1) .. p; window
  /// 0: all up to p. If not, it sees keys 0 .. contextLengths[s] - 1, and window is 0. A row that
  /// sees no key (padding) gives zeros.
  /// `out = softmax(score) v`, `(T, heads * headDim)`; query head h uses KV head
  /// h / (heads / kvHeads). The score of query p and key j is `cap(scale * q k^T)`, where `cap(x)`
  /// is `softCap * tanh(x / softCap)`, or x if softCap is 0; with slopes `(heads)` f32,
  /// `slopes[h] * (j - p)` is added to it (Press, Smith, Lewis 2022).
  record PagedAttention(
      Ref query,
      Ref keyCache,
      Ref valueCache,
      Ref queryStarts,
      Ref contextLengths,
      Ref blockTables,
      Optional<Ref> slopes,
      Heads heads,
      float scale,
      float softCap,
      int window,
      boolean causal,
      Ref out)
      implements StepOp {

    /// Causal, the scores but scaled.
    public PagedAttention(
        Ref query,
        Ref keyCache,
        Ref valueCache,
        Ref queryStarts,
        Ref contextLengths,
        Ref blockTables,
        Heads heads,
        float scale,
        int window,
        Ref out) {
      this(
          query,
          keyCache,
          valueCache,
          queryStarts,
          contextLengths,
          blockTables,
          Optional.empty(),
          heads,
          scale,
          0,
          window,
          true,
          out);
    }
  }

  /// `out[r] = in[rows[r]]`. in `(T, H)`, rows `(R)` i32, out `(R, H)`.
  record GatherRows(Ref in, Ref rows, Ref out) implements StepOp {}

  /// Chooses the experts of each row: the k of greatest logit in descending order, the lowest id
  /// first among equals; NaN counts as minus infinity. `experts[t][j]` is the id, `weights[t][j]`
  /// its part of `softmax(logits[t])` over all E, divided by the sum of the parts of the k chosen
  /// if `normalise`. logits `(T, E)` f32, experts `(T, k)` i32, weights `(T, k)` f32.
  record RouteExperts(Ref logits, boolean normalise, Ref experts, Ref weights) implements StepOp {}

  /// Sorts the assignments of rows to experts by expert; those of one expert stay in order of rows.
  /// Expert e owns the places `starts[e]` to `starts[e + 1]` (exclusive) of T * k; the assignment
  /// `experts[t][j]` goes to the place `places[t][j]`, and `rows[places[t][j]] = t`. experts
  /// `(T, k)` with ids 0 to E - 1, places `(T, k)`, rows `(T * k)`, starts `(E + 1)`, all i32.
  record GroupByExpert(Ref experts, Ref places, Ref rows, Ref starts) implements StepOp {}

  /// `out[p] = activation(x * weight[e]^T)` for each place p of expert e (see [GroupByExpert]),
  /// with `x = in[rows[p]]`, or `in[p]` where there are no rows. in `(T, K)` or `(T * k, K)`,
  /// weight `(E, N, K)` row-major, out `(T * k, N)`, or `(T * k, N / 2)` with an activation that
  /// gates.
  record GroupedLinear(
      Ref in, Optional<Ref> rows, Ref starts, Ref weight, Activation activation, Ref out)
      implements Product {}

  /// `out[t] = residual[t] + sum over j of weights[t][j] * in[places[t][j]]`, the sum in order of
  /// j. in `(T * k, H)`, places `(T, k)` i32, weights `(T, k)` f32; residual and out `(T, H)`,
  /// which may be the same buffer.
  record CombineExperts(Ref in, Ref places, Ref weights, Optional<Ref> residual, Ref out)
      implements StepOp {}

  /// `out = f(in)` element by element.
  ///
  /// @param parameter of the function; 0 if it has none
  record Unary(UnaryKind kind, float parameter, Ref in, Ref out) implements StepOp {

    /// A function without a parameter.
    public Unary(UnaryKind kind, Ref in, Ref out) {
      this(kind, 0, in, out);
    }
  }

  /// `out = f(left, right)` element by element, equal shapes.
  record Binary(BinaryKind kind, Ref left, Ref right, Ref out) implements StepOp {}

  /// Penalties and biases, in place, on logits `(R, V)` f32, in this order for each adjustment
  /// (token, count, bias) of row r: if count >= 0, `l = l > 0 ? l / repetition : l * repetition`;
  /// if count > 0, `l -= presence + frequency * count`; then `l += bias`.
  record AdjustLogits(
      Ref logits,
      Ref starts,
      Ref tokens,
      Ref counts,
      Ref biases,
      Ref repetition,
      Ref presence,
      Ref frequency)
      implements StepOp {}

  /// Chooses a token a row: logits `(R, V)` f32, out `(R)` i32. NaN counts as minus infinity.
  /// topK = 1: the greatest logit, the lowest id among equals. Else, with m the greatest logit and
  /// `mass(i) = floor(exp((l[i] - m) / temperature) * 2^30)`: keep the tokens with a logit of at
  /// least the k-th greatest; of these, keep i if the mass of tokens with a greater logit is less
  /// than topP times the mass kept so far; keep i if `exp((l[i] - m) / temperature) >= minP`. Then
  /// the token in whose interval, in order of ids, falls `floor(mix(seed, draw) / 2^64 * total)`.
  /// All sums are of integers: the result does not depend on their order. `mix` is
  /// [SampleDraw#bits(long,int)].
  record Sample(
      Ref logits, Ref temperatures, Ref topK, Ref topP, Ref minP, Ref seeds, Ref draws, Ref out)
      implements StepOp {}

  /// An op of a plugin: meaning and kernel come from the plugin that declared `name`.
  record Custom(String name, List<Ref> inputs, List<Ref> outputs, Map<String, String> attributes)
      implements StepOp {
    public Custom {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
      attributes = Map.copyOf(attributes);
    }
  }

  /// Query and key/value heads of an attention layer.
  record Heads(int query, int keyValue, int headDim) {
    public Heads {
      if (query <= 0 || keyValue <= 0 || headDim <= 0 || query % keyValue != 0) {
        throw new IllegalArgumentException(query + " heads over " + keyValue + " KV heads");
      }
    }

    /// Query heads that share one KV head.
    public int group() {
      return query / keyValue;
    }

    /// Columns of the merged projection.
    public int qkvColumns() {
      return (query + 2 * keyValue) * headDim;
    }
  }

  /// Rotary embedding of the first `rotaryDim` elements of a head. `table` is f32
  /// `(positions, rotaryDim)`: rotaryDim/2 cosines, then as many sines. Not interleaved: element i
  /// pairs with i + rotaryDim/2 (GPT-NeoX, Llama); interleaved: 2i pairs with 2i+1 (GPT-J).
  record Rotary(Ref table, int rotaryDim, boolean interleaved) {}

  /// What a linear step does to its product (after the bias). Where it gates, columns alternate in
  /// blocks of 8: 8 of gate, 8 of up, and the result `f(gate) * up` is half as wide.
  enum Activation {
    NONE(null, false),
    SILU(UnaryKind.SILU, false),
    RELU(UnaryKind.RELU, false),
    GELU(UnaryKind.GELU, false),
    GELU_TANH(UnaryKind.GELU_TANH, false),
    GELU_QUICK(UnaryKind.GELU_QUICK, false),
    SWIGLU_INTERLEAVED(UnaryKind.SILU, true),
    GEGLU_INTERLEAVED(UnaryKind.GELU, true),
    GEGLU_TANH_INTERLEAVED(UnaryKind.GELU_TANH, true);

    private final @Nullable UnaryKind function;
    private final boolean gates;

    Activation(@Nullable UnaryKind function, boolean gates) {
      this.function = function;
      this.gates = gates;
    }

    /// What is applied to each element, or to each gate; empty: nothing.
    public Optional<UnaryKind> function() {
      return Optional.ofNullable(function);
    }

    /// True if columns are pairs of gate and up.
    public boolean gates() {
      return gates;
    }
  }

  /// Functions of one element x, some with a parameter c.
  enum UnaryKind {
    /// `x / (1 + exp(-x))`.
    SILU,
    /// `max(x, 0)`.
    RELU,
    /// `x / 2 * (1 + erf(x / sqrt(2)))`. Source: Hendrycks, Gimpel 2016.
    GELU,
    /// `x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))`.
    GELU_TANH,
    /// `x / (1 + exp(-1.702 x))`.
    GELU_QUICK,
    /// `c * x`.
    SCALE,
    /// `c * tanh(x / c)`, c more than 0.
    SOFT_CAP
  }

  /// Functions of two elements.
  enum BinaryKind {
    ADD,
    MULTIPLY
  }
}
