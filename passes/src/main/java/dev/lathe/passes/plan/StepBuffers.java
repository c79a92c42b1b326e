package dev.lathe.passes.plan;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Buffer.Storage;
import dev.lathe.engine.v1.Ref;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Graph;
import dev.lathe.ir.LeafOp;
import dev.lathe.ir.Node;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The buffer of each value, while a graph is lowered.
///
/// A value gets a buffer of its own, but where an op may write over an operand that nobody reads
/// later: the residual stream stays in one buffer.
final class StepBuffers {
  private static final Storage UNPLACED = new Storage.Arena(0);

  private final Map<Value, Ref> refs = new HashMap<>();
  private final Map<Value, Integer> lastUse = new HashMap<>();
  private final Map<String, Buffer> buffers = new LinkedHashMap<>();
  private final Value logits;
  private final int maxBlocksPerSequence;
  private int step;

  StepBuffers(Graph graph, int maxBlocksPerSequence) {
    this.maxBlocksPerSequence = maxBlocksPerSequence;
    this.logits = graph.outputs().getFirst();
    for (int i = 0; i < graph.nodes().size(); i++) {
      for (Value operand : graph.nodes().get(i).op().operands()) {
        lastUse.put(operand, i);
      }
    }
    graph.outputs().forEach(output -> lastUse.put(output, Integer.MAX_VALUE));
  }

  /// Tells which node is lowered next.
  void at(int node) {
    step = node;
  }

  /// Where an operand lies.
  Ref read(Value value) {
    return switch (value.def()) {
      case LeafOp.Weight weight -> Ref.weight(weight.name());
      case LeafOp.KvCache cache -> cache(cache);
      case LeafOp.Input input -> batchInput(input);
      default -> computed(value);
    };
  }

  private Ref computed(Value value) {
    Ref ref = refs.get(value);
    if (ref == null) {
      throw new IllegalStateException("(" + value + ") is read before it is computed");
    }
    return ref;
  }

  /// A batch input that a step reads.
  Ref input(BatchInput input) {
    buffers.computeIfAbsent(
        BatchBuffers.name(input), _ -> BatchBuffers.buffer(input, maxBlocksPerSequence));
    return BatchBuffers.ref(input);
  }

  private Ref batchInput(LeafOp.Input input) {
    return input(BatchInput.valueOf(input.name().toUpperCase(Locale.ROOT)));
  }

  private Ref cache(LeafOp.KvCache cache) {
    String name = cache.text().substring(1);
    Buffer.KvPart part = Buffer.KvPart.valueOf(cache.part().name());
    Storage storage = new Storage.KvCache(cache.layer(), part);
    buffers.putIfAbsent(name, new Buffer(name, cache.type().dtype(), List.of(), storage));
    return Ref.buffer(name);
  }

  /// A new buffer for a result.
  Ref write(Value value, String name) {
    if (value == logits) {
      Storage output = new Storage.Output(Buffer.OutputKind.LOGITS);
      return define(value, new Buffer("logits", DType.F32, shape(value.type()), output));
    }
    return define(value, new Buffer(name, value.type().dtype(), shape(value.type()), UNPLACED));
  }

  /// The buffer of `over`, if no later node reads it and types agree; else a new one.
  Ref writeOver(Value over, Value value, String name) {
    boolean isFree = !over.isLeaf() && isLastUse(over);
    if (!isFree || value == logits || !over.type().equals(value.type())) {
      return write(value, name);
    }
    return alias(value, read(over));
  }

  /// Lets `to` be what is in the buffer of `from`, if no later node reads that one.
  ///
  /// @return false if `to` needs a buffer of its own
  boolean pass(Value from, Value to) {
    boolean passes = !from.isLeaf() && isLastUse(from) && to != logits;
    if (passes) {
      alias(to, read(from));
    }
    return passes;
  }

  private boolean isLastUse(Value value) {
    return lastUse.getOrDefault(value, 0) <= step;
  }

  /// Lets a value be what is in that buffer.
  Ref alias(Value value, Ref ref) {
    refs.put(value, ref);
    return ref;
  }

  /// A buffer for one node's own use.
  Ref scratch(TensorType type, String name) {
    return add(new Buffer(name, type.dtype(), shape(type), UNPLACED));
  }

  /// As above, of any shape.
  Ref scratch(DType dtype, String name, SizeExpr... shape) {
    return add(new Buffer(name, dtype, List.of(shape), UNPLACED));
  }

  /// The buffer of the sampled tokens.
  Ref tokens() {
    Storage output = new Storage.Output(Buffer.OutputKind.TOKENS);
    return add(new Buffer("tokens", DType.I32, List.of(SizeExpr.LOGIT_ROWS), output));
  }

  private Ref define(Value value, Buffer buffer) {
    return alias(value, add(buffer));
  }

  private Ref add(Buffer buffer) {
    if (buffers.put(buffer.name(), buffer) != null) {
      throw new IllegalStateException("two buffers are named " + buffer.name());
    }
    return Ref.buffer(buffer.name());
  }

  List<Buffer> all() {
    return new ArrayList<>(buffers.values());
  }

  static List<SizeExpr> shape(TensorType type) {
    return type.shape().dims().stream().map(Dim::size).toList();
  }

  /// Place in the model, made unique; none is that of a batch input.
  static List<String> uniqueNames(List<Node> nodes) {
    Map<String, Integer> seen = new HashMap<>();
    for (BatchInput input : BatchInput.values()) {
      seen.put(BatchBuffers.name(input), 1);
    }
    List<String> names = new ArrayList<>();
    for (Node node : nodes) {
      int count = seen.merge(node.label(), 1, Integer::sum);
      names.add(count == 1 ? node.label() : node.label() + "." + count);
    }
    return names;
  }
}
