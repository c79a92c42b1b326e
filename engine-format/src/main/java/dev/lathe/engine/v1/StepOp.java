package dev.lathe.engine.v1;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What one step computes. All arithmetic is float32; a result is rounded (nearest even) to the
/// dtype of its buffer when it is stored, and only then. Shapes: T tokens, S sequences, R logit
/// rows, V vocabulary. A reduction's order is the kernel's own.
public sealed interface StepOp {

  /// `out[t] = table[ids[t]]`. ids `(T)` i32, table `(V, H)`, out `(T, H)`. An id outside the table
  /// gives a row of zeros.
  record Embedding(Ref ids, Ref table, Ref out) implements StepOp {}

  /// `out = in / sqrt(mean(in^2) + epsilon) * weight` over each group of `group` elements of a row.
  /// in, out `(T, H)` with H a multiple of group, weight `(group)`. Source: Zhang, Sennrich 2019.
  record RmsNorm(Ref in, Ref weight, Ref out, int group, float epsilon) implements StepOp {}

  /// `sum = in + residual`, rounded to its dtype, then `out = rmsNorm(sum)`. All `(T, H)`.
  /// `sum` may be the same buffer as `residual`.
  record AddRmsNorm(Ref in, Ref residual, Ref weight, Ref sum, Ref out, float epsilon)
      implements StepOp {}

  /// `out = activation(in * weight^T + bias) + residual`. in `(T, K)`, weight `(N, K)` row-major,
  /// bias `(N)`; residual and out `(T, N)`, or `(T, N / 2)` with [Activation#SWIGLU_INTERLEAVED].
  /// `residual` may be the same buffer as `out`.
  record Linear(
      Ref in,
      Ref weight,
      Optional<Ref> bias,
      Activation activation,
      Optional<Ref> residual,
      Ref out)
      implements StepOp {}

  /// `out = silu(gate) * up` with `gateUp = [gate, up]`, `(T, 2I)`; out `(T, I)`.
  record SwiGlu(Ref gateUp, Ref out) implements StepOp {}

  /// Splits `qkv` `(T, (heads + 2 kvHeads) * headDim)` = [q heads, k heads, v heads], normalises
  /// each head of q and k where norm weights `(headDim)` are given (RMSNorm, epsilon), rotates q
  /// and k, writes q to `query` `(T, heads * headDim)` and k, v to the KV cache at `slots[t]`.
  record RopeKvAppend(
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
      Ref query)
      implements StepOp {}

  /// Causal attention of the step's tokens over the paged cache, the step's own keys included.
  /// Query row i of sequence s (len = queryStarts[s+1] - queryStarts[s]) has position
  /// p = contextLengths[s] - len + i and sees keys max(0, p - window + 1) .. p; window 0: all. A
  /// row that sees no key (padding) gives zeros.
  /// `out = softmax(scale * q k^T) v`, `(T, heads * headDim)`; query head h uses KV head
  /// h / (heads / kvHeads).
  record PagedAttention(
      Ref query,
      Ref keyCache,
      Ref valueCache,
      Ref queryStarts,
      Ref contextLengths,
      Ref blockTables,
      Heads heads,
      float scale,
      int window,
      Ref out)
      implements StepOp {}

  /// `out[r] = in[rows[r]]`. in `(T, H)`, rows `(R)` i32, out `(R, H)`.
  record GatherRows(Ref in, Ref rows, Ref out) implements StepOp {}

  /// `out = f(in)` element by element.
  record Unary(UnaryKind kind, Ref in, Ref out) implements StepOp {}

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

  /// What a linear step does to its product (after the bias).
  enum Activation {
    NONE,
    SILU,
    /// Columns alternate in blocks of 8: 8 of gate, 8 of up. Result `silu(gate) * up`, half as
    /// wide.
    SWIGLU_INTERLEAVED
  }

  /// Functions of one element. Silu is `x / (1 + exp(-x))`.
  enum UnaryKind {
    SILU
  }

  /// Functions of two elements.
  enum BinaryKind {
    ADD,
    MULTIPLY
  }
}
