package dev.lathe.passes.plan;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.BinaryKind;
import dev.lathe.engine.v1.StepOp.UnaryKind;
import dev.lathe.ir.ActivationFunction;
import dev.lathe.ir.AttentionOp.KvAppend;
import dev.lathe.ir.AttentionOp.PagedAttention;
import dev.lathe.ir.AttentionOp.Rope;
import dev.lathe.ir.AttentionOp.RopeKvAppend;
import dev.lathe.ir.CustomOp;
import dev.lathe.ir.ElementwiseOp.Activate;
import dev.lathe.ir.ElementwiseOp.Add;
import dev.lathe.ir.ElementwiseOp.AddBias;
import dev.lathe.ir.ElementwiseOp.Glu;
import dev.lathe.ir.ElementwiseOp.Multiply;
import dev.lathe.ir.ElementwiseOp.Scale;
import dev.lathe.ir.ElementwiseOp.SoftCap;
import dev.lathe.ir.ElementwiseOp.SwiGluHalves;
import dev.lathe.ir.ElementwiseOp.ToFloat32;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Heads;
import dev.lathe.ir.LeafOp;
import dev.lathe.ir.MatrixOp;
import dev.lathe.ir.MatrixOp.Linear;
import dev.lathe.ir.MoeOp.Experts;
import dev.lathe.ir.MoveOp.Embedding;
import dev.lathe.ir.MoveOp.GatherRows;
import dev.lathe.ir.MoveOp.SliceColumns;
import dev.lathe.ir.Node;
import dev.lathe.ir.NormOp.AddLayerNorm;
import dev.lathe.ir.NormOp.AddRmsNorm;
import dev.lathe.ir.NormOp.LayerNorm;
import dev.lathe.ir.NormOp.RmsNorm;
import dev.lathe.ir.Stage;
import dev.lathe.ir.Value;
import dev.lathe.passes.plan.StepProgram.NamedStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Turns each node of a fused graph into a step on named buffers, then adds the steps that choose
/// tokens, unless the model is an encoder.
public final class LowerToSteps {
  private final StepBuffers buffers;
  private final Profile.Kind kind;

  /// The logits, if only the greatest of each row counts.
  private final Optional<Value> greatestOf;

  private final List<NamedStep> steps = new ArrayList<>();

  private LowerToSteps(StepBuffers buffers, Profile.Kind kind, Optional<Value> greatestOf) {
    this.buffers = buffers;
    this.kind = kind;
    this.greatestOf = greatestOf;
  }

  /// @param maxBlocksPerSequence width of a row of the block tables
  /// @param kind of the batches that the steps are for
  /// @throws IllegalStateException if the graph is not fused
  public static StepProgram lower(Graph graph, int maxBlocksPerSequence, Profile.Kind kind) {
    return lower(graph, maxBlocksPerSequence, kind, Optional.empty());
  }

  /// The steps of greedy profiles: the last product gives tokens. Empty if logits are not just a
  /// product: what caps them may make equals of the greatest ones.
  public static Optional<StepProgram> lowerGreedy(Graph graph, int maxBlocksPerSequence) {
    Value logits = graph.outputs().getFirst();
    boolean isProduct =
        !graph.isEncoder()
            && logits.type().dtype() == DType.F32
            && logits.def() instanceof Linear linear
            && linear.activation() == MatrixOp.Activation.NONE
            && linear.residual().isEmpty();
    return isProduct
        ? Optional.of(lower(graph, maxBlocksPerSequence, Profile.Kind.DECODE, Optional.of(logits)))
        : Optional.empty();
  }

  private static StepProgram lower(
      Graph graph, int maxBlocksPerSequence, Profile.Kind kind, Optional<Value> greatestOf) {
    if (graph.stage() != Stage.FUSED) {
      throw new IllegalStateException("cannot lower a graph that is " + graph.stage());
    }
    LowerToSteps lowering =
        new LowerToSteps(new StepBuffers(graph, maxBlocksPerSequence), kind, greatestOf);
    List<String> names = StepBuffers.uniqueNames(graph.nodes());
    for (int i = 0; i < names.size(); i++) {
      lowering.buffers.at(i);
      lowering.lower(names.get(i), graph.nodes().get(i));
    }
    if (!graph.isEncoder() && greatestOf.isEmpty()) {
      new TokenSteps(lowering.buffers, lowering::add)
          .choose(lowering.buffers.read(graph.outputs().getFirst()));
    }
    return new StepProgram(lowering.buffers.all(), lowering.steps);
  }

  private void lower(String name, Node node) {
    List<Value> results = node.results();
    switch (node.op()) {
      case Embedding e ->
          add(name, new StepOp.Embedding(in(e.ids()), in(e.table()), out(node, name)));
      case GatherRows gather -> gatherRows(name, gather, node);
      case Linear linear -> linear(name, linear, node.result());
      case RmsNorm norm -> rmsNorm(name, norm, node.result());
      case AddRmsNorm norm -> addRmsNorm(name, norm, results);
      case LayerNorm norm -> layerNorm(name, norm, node.result());
      case AddLayerNorm norm -> addLayerNorm(name, norm, results);
      case Add op -> binary(name, BinaryKind.ADD, op.left(), op.right(), node);
      case Multiply op -> binary(name, BinaryKind.MULTIPLY, op.left(), op.right(), node);
      case Activate op -> unary(name, kind(op.function()), 0, op.in(), node);
      case Scale op -> unary(name, UnaryKind.SCALE, op.factor(), op.in(), node);
      case ToFloat32 op -> unary(name, UnaryKind.SCALE, 1, op.in(), node);
      case SoftCap op -> unary(name, UnaryKind.SOFT_CAP, op.cap(), op.in(), node);
      case Glu op -> glu(name, op, node.result());
      case SwiGluHalves op -> add(name, new StepOp.SwiGlu(in(op.in()), out(node, name)));
      case RopeKvAppend append -> append(name, append, results);
      case PagedAttention attention -> attention(name, attention, node.result());
      case Experts op -> new ExpertSteps(buffers, this::add).lower(name, op, node.result());
      case CustomOp custom -> custom(name, custom, results);
      case LeafOp _, SliceColumns _, AddBias _, Rope _, KvAppend _ ->
          throw new IllegalStateException(node.op().mnemonic() + " is no step");
    }
  }

  /// Where every token has a row of logits, the rows that are asked for are all rows, in order.
  private void gatherRows(String name, GatherRows op, Node node) {
    boolean isIdentity =
        kind == Profile.Kind.DECODE && op.rows().def().equals(LeafOp.Input.logitRows());
    if (!isIdentity || !buffers.pass(op.in(), node.result())) {
      add(name, new StepOp.GatherRows(in(op.in()), in(op.rows()), out(node, name)));
    }
  }

  private void linear(String name, Linear op, Value result) {
    if (greatestOf.filter(result::equals).isPresent()) {
      new TokenSteps(buffers, this::add).chooseGreatest(name, op);
      return;
    }
    Ref out =
        op.residual()
            .filter(residual -> residual != op.in())
            .map(residual -> buffers.writeOver(residual, result, name))
            .orElseGet(() -> buffers.write(result, name));
    Optional<Ref> residual = op.residual().map(buffers::read);
    Optional<Ref> bias = op.bias().map(buffers::read);
    add(
        name,
        new StepOp.Linear(
            in(op.in()),
            in(op.weight()),
            bias,
            StepOp.Activation.valueOf(op.activation().name()),
            op.scale(),
            residual,
            out));
  }

  private void rmsNorm(String name, RmsNorm op, Value result) {
    Ref in = in(op.in());
    Ref out = buffers.write(result, name);
    add(
        name,
        new StepOp.RmsNorm(in, in(op.weight()), out, op.group(), op.epsilon(), op.weightOffset()));
  }

  private void addRmsNorm(String name, AddRmsNorm op, List<Value> results) {
    Ref residual = in(op.residual());
    Ref sum = sum(name, op.in(), op.residual(), results.get(0));
    Ref out = buffers.write(results.get(1), name);
    add(
        name,
        new StepOp.AddRmsNorm(
            in(op.in()), residual, in(op.weight()), sum, out, op.epsilon(), op.weightOffset()));
  }

  /// Where a sum goes: over the residual stream if nobody reads that later.
  private Ref sum(String name, Value in, Value residual, Value sum) {
    return residual == in
        ? buffers.write(sum, name + ".sum")
        : buffers.writeOver(residual, sum, name + ".sum");
  }

  private void layerNorm(String name, LayerNorm op, Value result) {
    Optional<Ref> bias = op.bias().map(buffers::read);
    Ref out = buffers.write(result, name);
    add(name, new StepOp.LayerNorm(in(op.in()), in(op.weight()), bias, out, op.epsilon()));
  }

  private void addLayerNorm(String name, AddLayerNorm op, List<Value> results) {
    Ref residual = in(op.residual());
    Optional<Ref> bias = op.bias().map(buffers::read);
    Ref sum = sum(name, op.in(), op.residual(), results.get(0));
    Ref out = buffers.write(results.get(1), name);
    add(
        name,
        new StepOp.AddLayerNorm(
            in(op.in()), residual, in(op.weight()), bias, sum, out, op.epsilon()));
  }

  private static UnaryKind kind(ActivationFunction function) {
    return UnaryKind.valueOf(function.name());
  }

  private void unary(String name, UnaryKind kind, float parameter, Value in, Node node) {
    add(name, new StepOp.Unary(kind, parameter, in(in), out(node, name)));
  }

  private void binary(String name, BinaryKind kind, Value left, Value right, Node node) {
    add(name, new StepOp.Binary(kind, in(left), in(right), out(node, name)));
  }

  /// Without a merged projection, the activation and the product are steps of their own.
  private void glu(String name, Glu op, Value result) {
    Ref activated = buffers.scratch(op.gate().type(), name + ".gate");
    add(name + ".gate", new StepOp.Unary(kind(op.function()), in(op.gate()), activated));
    Ref out = buffers.write(result, name);
    add(name, new StepOp.Binary(BinaryKind.MULTIPLY, activated, in(op.up()), out));
  }

  private void append(String name, RopeKvAppend op, List<Value> results) {
    Ref query = buffers.write(results.get(0), name);
    Ref keys = buffers.alias(results.get(1), in(op.keyCache()));
    Ref values = buffers.alias(results.get(2), in(op.valueCache()));
    Optional<StepOp.Rotary> rotary = op.table().map(table -> rotary(table, op.interleaved()));
    add(
        name,
        new StepOp.RopeKvAppend(
            in(op.qkv()),
            in(op.positions()),
            buffers.input(BatchInput.SLOTS),
            op.queryNorm().map(buffers::read),
            op.keyNorm().map(buffers::read),
            op.epsilon(),
            op.weightOffset(),
            rotary,
            keys,
            values,
            heads(op.heads()),
            query));
  }

  private StepOp.Rotary rotary(Value table, boolean interleaved) {
    return new StepOp.Rotary(in(table), Math.toIntExact(table.type().columns()), interleaved);
  }

  private void attention(String name, PagedAttention op, Value result) {
    add(
        name,
        new StepOp.PagedAttention(
            in(op.query()),
            in(op.keyCache()),
            in(op.valueCache()),
            buffers.input(BatchInput.QUERY_STARTS),
            buffers.input(BatchInput.CONTEXT_LENGTHS),
            buffers.input(BatchInput.BLOCK_TABLES),
            op.slopes().map(buffers::read),
            heads(op.heads()),
            op.scale(),
            op.softCap(),
            op.window(),
            op.causal(),
            buffers.write(result, name)));
  }

  private static StepOp.Heads heads(Heads heads) {
    return new StepOp.Heads(heads.query(), heads.keyValue(), heads.headDim());
  }

  private void custom(String name, CustomOp op, List<Value> results) {
    List<Ref> inputs = op.inputs().stream().map(buffers::read).toList();
    List<Ref> outputs = new ArrayList<>();
    for (Value result : results) {
      String buffer = outputs.isEmpty() ? name : name + "." + outputs.size();
      outputs.add(buffers.write(result, buffer));
    }
    add(name, new StepOp.Custom(op.name(), inputs, outputs, op.attributes()));
  }

  private Ref in(Value value) {
    return buffers.read(value);
  }

  private Ref out(Node node, String name) {
    return buffers.write(node.result(), name);
  }

  private void add(String name, StepOp op) {
    steps.add(new NamedStep(name, op));
  }
}
