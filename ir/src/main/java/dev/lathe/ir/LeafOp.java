package dev.lathe.ir;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.weight.WeightExpr;

/// Values that come from outside the graph. They have no node.
public sealed interface LeafOp extends Op {

  TensorType type();

  /// What the scheduler hands to a step: `token_ids` `(T)`, `token_types` `(T)`, `positions` `(T)`
  /// or `logit_rows` `(R)`, all i32.
  record Input(String name, TensorType type) implements LeafOp {
    public static Input tokenIds() {
      return new Input("token_ids", TensorType.of(DType.I32, Dim.TOKENS));
    }

    public static Input tokenTypes() {
      return new Input("token_types", TensorType.of(DType.I32, Dim.TOKENS));
    }

    public static Input positions() {
      return new Input("positions", TensorType.of(DType.I32, Dim.TOKENS));
    }

    public static Input logitRows() {
      return new Input("logit_rows", TensorType.of(DType.I32, Dim.LOGIT_ROWS));
    }
  }

  /// Keys or values of one layer before the step, `(K, kvHeads, headDim)`: one entry a token of the
  /// pool. How the pool is cut into blocks is the plan's business.
  record KvCache(int layer, KvPart part, TensorType type) implements LeafOp {}

  /// A weight of the engine, `source` tells how it follows from the checkpoint.
  record Weight(String name, TensorType type, WeightExpr source) implements LeafOp {}

  /// The two halves of a KV cache.
  enum KvPart {
    KEYS,
    VALUES
  }

  /// How the text form names the value: `%token_ids`, `%kv.0.keys`, `@layers.0.mlp.down`.
  default String text() {
    return switch (this) {
      case Input(String name, _) -> "%" + name;
      case KvCache(int layer, KvPart part, _) ->
          "%kv." + layer + "." + (part == KvPart.KEYS ? "keys" : "values");
      case Weight(String name, _, _) -> "@" + name;
    };
  }
}
