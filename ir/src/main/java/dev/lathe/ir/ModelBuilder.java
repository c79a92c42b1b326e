package dev.lathe.ir;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.weight.FloatRounding;
import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.engine.weight.WeightType;
import dev.lathe.ir.AttentionOp.KvAppend;
import dev.lathe.ir.AttentionOp.PagedAttention;
import dev.lathe.ir.AttentionOp.Rope;
import dev.lathe.ir.ElementwiseOp.Activate;
import dev.lathe.ir.ElementwiseOp.Add;
import dev.lathe.ir.ElementwiseOp.Multiply;
import dev.lathe.ir.ElementwiseOp.Scale;
import dev.lathe.ir.ElementwiseOp.SoftCap;
import dev.lathe.ir.ElementwiseOp.ToFloat32;
import dev.lathe.ir.MatrixOp.Activation;
import dev.lathe.ir.MatrixOp.Linear;
import dev.lathe.ir.MoeOp.Experts;
import dev.lathe.ir.MoveOp.Embedding;
import dev.lathe.ir.MoveOp.GatherRows;
import dev.lathe.ir.MoveOp.SliceColumns;
import dev.lathe.ir.NormOp.LayerNorm;
import dev.lathe.ir.NormOp.RmsNorm;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// Defines a model: the API with which importers, and users who have a model of their own, write
/// down a forward pass.
///
/// ```java
/// ModelBuilder model = ModelBuilder.fromCheckpoint(DType.BF16, checkpoint::find);
/// Value h = model.embedding("embedding", "model.embed_tokens.weight", vocabulary, hidden);
/// for (int i = 0; i < layers; i++) {
///   ModelBuilder layer = model.within("layers." + i, "model.layers." + i);
///   Value x = layer.rmsNorm("attention.norm", h, "input_layernorm.weight", epsilon);
///   Value q = layer.linear("attention.q", x, "self_attn.q_proj", queryColumns, false);
///   ...
///   Value a = layer.attention("attention", layer.rope("attention.rope", q, rotary), k, v, spec);
///   h = layer.add("attention.residual", h, layer.linear("attention.out", a, "...", hidden,
///   false));
/// }
/// model.logits(model.logitsLinear("lm_head", x, "lm_head.weight", vocabulary));
/// Graph graph = model.build();
/// ```
///
/// The first argument of each op is its name, relative to the builder's place; engine weights get
/// the name of the op that uses them (`layers.0.attention.q`, its bias
/// `layers.0.attention.q.bias`). Names of checkpoint tensors are relative to the builder's tensor
/// prefix. Rows are tokens of the step; every activation is `(T, columns)` in the model's dtype.
///
/// Missing and misshapen tensors do not stop the building: [#build()] reports all of them at once.
/// Wrong operands do, with a [TypeException]. Not thread-safe.
public final class ModelBuilder {
  private final DType dtype;
  private final ModelWeights weights;
  private final GraphBuilder graph;
  private final AtomicInteger attentionLayers;
  private final String place;
  private final String tensorPrefix;

  private ModelBuilder(DType dtype, ModelWeights weights) {
    this.dtype = dtype;
    this.weights = weights;
    this.graph = new GraphBuilder();
    this.attentionLayers = new AtomicInteger();
    this.place = "";
    this.tensorPrefix = "";
  }

  private ModelBuilder(ModelBuilder outer, String place, String tensorPrefix) {
    this.dtype = outer.dtype;
    this.weights = outer.weights;
    this.graph = outer.graph;
    this.attentionLayers = outer.attentionLayers;
    this.place = outer.place + (place.isEmpty() ? "" : place + ".");
    this.tensorPrefix = outer.tensorPrefix + (tensorPrefix.isEmpty() ? "" : tensorPrefix + ".");
  }

  /// A model whose weights lie in a checkpoint.
  ///
  /// @param dtype of activations and weights; checkpoint tensors of another float type are cast
  public static ModelBuilder fromCheckpoint(DType dtype, TensorLookup lookup) {
    return new ModelBuilder(dtype, new ModelWeights.FromCheckpoint(lookup));
  }

  /// A model with made-up weights: for timing and for tests.
  public static ModelBuilder withRandomWeights(DType dtype, long seed) {
    return new ModelBuilder(dtype, new ModelWeights.Random(seed));
  }

  /// A builder of the same model whose names begin with `place` and whose tensor names begin with
  /// `tensorPrefix`; a dot is put after each that is not empty.
  public ModelBuilder within(String place, String tensorPrefix) {
    return new ModelBuilder(this, place, tensorPrefix);
  }

  /// Type of activations and weights.
  public DType dtype() {
    return dtype;
  }

  /// A constant in the model's dtype: some models round those that they multiply by.
  public float rounded(double constant) {
    return FloatRounding.round(dtype, constant);
  }

  /// True if there is a checkpoint, and it has the tensor. Tells whether a checkpoint uses another
  /// spelling than the usual one.
  public boolean hasTensor(String tensor) {
    return weights.has(tensorPrefix + tensor);
  }

  /// The checkpoint tensor, declared to have that shape, cast to the model's dtype. For weights
  /// that are more than one whole tensor: put the expression into others and call [#weight(String,
  /// WeightExpr, long...)].
  public WeightExpr tensor(String tensor, long... shape) {
    return weights.tensor(tensorPrefix + tensor, dtype, 0, shape);
  }

  /// An engine weight of the model's dtype from an expression that has that shape.
  ///
  /// @throws IllegalArgumentException if the expression has another type, or is ill-typed
  public Value weight(String name, WeightExpr source, long... shape) {
    checkType(name, source, shape);
    WeightExpr stored = weights.stored(source);
    return graph.leaf(new LeafOp.Weight(place + name, TensorType.of(dtype, shape), stored));
  }

  private void checkType(String name, WeightExpr source, long... shape) {
    WeightType expected = new WeightType(dtype, Arrays.stream(shape).boxed().toList());
    WeightType found;
    try {
      found = weights.type(source);
    } catch (IllegalStateException e) {
      throw new IllegalArgumentException("weight '" + place + name + "': " + e.getMessage(), e);
    }
    if (!found.equals(expected)) {
      throw new IllegalArgumentException(
          "weight '" + place + name + "' should be " + expected + " but is " + found);
    }
  }

  /// An engine weight that is one checkpoint tensor.
  public Value weight(String name, String tensor, long... shape) {
    return weight(name, tensor(tensor, shape), shape);
  }

  /// Rows of the table `(vocabulary, hidden)` for the step's token ids.
  public Value embedding(String name, Value table) {
    return graph.add(place + name, new Embedding(tokenIds(), table));
  }

  public Value embedding(String name, String tensor, long vocabulary, long hidden) {
    return embedding(name, weight(name, tensor, vocabulary, hidden));
  }

  /// Rows of the table `(positions, hidden)` for the positions of the step's tokens.
  public Value positionEmbedding(String name, Value table) {
    return graph.add(place + name, new Embedding(positions(), table));
  }

  /// Rows of the table `(kinds, hidden)` for the kinds of the step's tokens: of an encoder that is
  /// told them.
  public Value typeEmbedding(String name, Value table) {
    return graph.add(place + name, new Embedding(graph.leaf(LeafOp.Input.tokenTypes()), table));
  }

  /// Root mean square norm of whole rows with the weight `tensor` `(columns)`.
  public Value rmsNorm(String name, Value in, String tensor, float epsilon) {
    return rmsNorm(name, in, gain(name, tensor, in.type().columns()), epsilon);
  }

  /// Root mean square norm of each head of `headDim` columns with the weight `tensor` `(headDim)`.
  public Value headNorm(String name, Value in, String tensor, int headDim, float epsilon) {
    return rmsNorm(name, in, gain(name, tensor, headDim), epsilon);
  }

  /// Root mean square norm of groups of as many columns as the weight has elements.
  public Value rmsNorm(String name, Value in, Value weight, float epsilon) {
    return rmsNorm(name, in, weight, epsilon, 0);
  }

  /// As above; `weightOffset` is added to the weight, in float32.
  public Value rmsNorm(String name, Value in, Value weight, float epsilon, float weightOffset) {
    int group = Math.toIntExact(weight.type().columns());
    return graph.add(place + name, new RmsNorm(in, weight, group, epsilon, weightOffset));
  }

  /// Norm of mean and variance of whole rows with the tensors `module.weight` and `module.bias`
  /// `(columns)`.
  public Value layerNorm(String name, Value in, String module, float epsilon) {
    long columns = in.type().columns();
    Value weight = gain(name, module + ".weight", columns);
    Value bias = weight(name + ".bias", module + ".bias", columns);
    return layerNorm(name, in, weight, bias, epsilon);
  }

  /// As above; weight and bias are `(columns)`.
  public Value layerNorm(String name, Value in, Value weight, Value bias, float epsilon) {
    return graph.add(place + name, new LayerNorm(in, weight, Optional.of(bias), epsilon));
  }

  private Value gain(String name, String tensor, long columns) {
    return weight(name, weights.tensor(tensorPrefix + tensor, dtype, 1, columns), columns);
  }

  /// `in * weight^T (+ bias)` with the tensors `module.weight` `(columns, K)` and `module.bias`
  /// `(columns)`. Result: `(T, columns)`.
  public Value linear(String name, Value in, String module, long columns, boolean hasBias) {
    Value weight = weight(name, module + ".weight", columns, in.type().columns());
    Optional<Value> bias =
        hasBias ? Optional.of(weight(name + ".bias", module + ".bias", columns)) : Optional.empty();
    return linear(name, in, weight, bias);
  }

  public Value linear(String name, Value in, Value weight, Optional<Value> bias) {
    return graph.add(place + name, Linear.of(in, weight, bias));
  }

  /// The projection to the vocabulary, in float32. A model with tied embeddings passes its table.
  /// Result: `(T, vocabulary)` f32.
  public Value logitsLinear(String name, Value in, Value weight) {
    return logitsLinear(name, in, weight, Optional.empty());
  }

  public Value logitsLinear(String name, Value in, Value weight, Optional<Value> bias) {
    Optional<Value> none = Optional.empty();
    return graph.add(
        place + name, new Linear(in, weight, bias, none, Activation.NONE, DType.F32, 1));
  }

  public Value logitsLinear(String name, Value in, String tensor, long vocabulary) {
    return logitsLinear(name, in, weight(name, tensor, vocabulary, in.type().columns()));
  }

  public Value add(String name, Value left, Value right) {
    return graph.add(place + name, new Add(left, right));
  }

  public Value multiply(String name, Value left, Value right) {
    return graph.add(place + name, new Multiply(left, right));
  }

  public Value activate(String name, Value in, ActivationFunction function) {
    return graph.add(place + name, new Activate(in, function));
  }

  /// `factor * in`.
  public Value scale(String name, Value in, float factor) {
    return graph.add(place + name, new Scale(in, factor));
  }

  /// `cap * tanh(in / cap)`.
  public Value softCap(String name, Value in, float cap) {
    return graph.add(place + name, new SoftCap(in, cap));
  }

  /// Columns `begin` (inclusive) to `end` (exclusive): one part of a merged projection.
  public Value sliceColumns(String name, Value in, long begin, long end) {
    return graph.add(place + name, new SliceColumns(in, begin, end));
  }

  /// A table for [RotarySpec]; all layers may share it.
  ///
  /// @param positions rows, as many as a sequence can be long
  /// @param inverseFrequencies one for each pair of rotated elements, scaling included
  /// @param magnitude factor of cosines and sines; 1 but for scalings that sharpen attention
  public Value rotaryTable(
      String name, long positions, List<Double> inverseFrequencies, double magnitude) {
    TensorType type = TensorType.of(DType.F32, positions, 2L * inverseFrequencies.size());
    WeightExpr source = new WeightExpr.RotaryTable(positions, inverseFrequencies, magnitude);
    return graph.leaf(new LeafOp.Weight(place + name, type, source));
  }

  /// A weight `(n)` of float32 values that the importer knows.
  public Value numbers(String name, List<Double> values) {
    TensorType type = TensorType.of(DType.F32, values.size());
    return graph.leaf(new LeafOp.Weight(place + name, type, new WeightExpr.Numbers(values)));
  }

  /// Rotary embedding of each head of `in`, by the positions of the step's tokens.
  public Value rope(String name, Value in, RotarySpec rotary) {
    return graph.add(
        place + name,
        new Rope(in, positions(), rotary.table(), rotary.headDim(), rotary.interleaved()));
  }

  /// Appends keys and values `(T, kvHeads * headDim)` to the cache of the next layer, in the order
  /// of the calls, then attends. Result: `(T, heads * headDim)`.
  public Value attention(String name, Value query, Value key, Value value, AttentionSpec spec) {
    int layer = attentionLayers.getAndIncrement();
    Value keys = cache(layer, LeafOp.KvPart.KEYS, spec.heads());
    Value values = cache(layer, LeafOp.KvPart.VALUES, spec.heads());
    Node append = graph.addAll(place + name + ".append", new KvAppend(key, value, keys, values));
    return graph.add(
        place + name,
        new PagedAttention(
            query,
            append.results().get(0),
            append.results().get(1),
            spec.slopes(),
            spec.heads(),
            spec.scale(),
            spec.window(),
            spec.softCap(),
            spec.causal()));
  }

  private Value cache(int layer, LeafOp.KvPart part, Heads heads) {
    TensorType type =
        TensorType.of(dtype, Dim.POOL, Dim.of(heads.keyValue()), Dim.of(heads.headDim()));
    return graph.leaf(new LeafOp.KvCache(layer, part, type));
  }

  /// A mixture of gated experts. Result: type of in.
  ///
  /// @param logits of the router, `(T, experts)` f32
  /// @param gateUp `(experts, 2 * width, columns)`, rows of gate and up in blocks of 8 in turn
  /// @param down `(experts, columns, width)`
  /// @throws IllegalArgumentException if nothing gates with the function
  public Value experts(
      String name, Value in, Value logits, Value gateUp, Value down, ExpertSpec spec) {
    Activation activation =
        Activation.gated(spec.function())
            .orElseThrow(() -> new IllegalArgumentException(spec.function() + " gates nothing"));
    Optional<Value> none = Optional.empty();
    return graph.add(
        place + name,
        new Experts(in, logits, gateUp, down, none, spec.topK(), spec.normalise(), activation));
  }

  /// Ends the model: of `(T, vocabulary)` f32, the rows that the step asks for are its output.
  public void logits(Value allRows) {
    Value rows = graph.leaf(LeafOp.Input.logitRows());
    graph.output(graph.add("logits", new GatherRows(allRows, rows)));
  }

  /// Ends an encoder without a head, in the place of [#logits]: of `(T, columns)`, the rows that
  /// the step asks for are its output, in float32.
  public void activations(Value allRows) {
    logits(graph.add("activations", new ToFloat32(allRows)));
  }

  /// Vocabulary ids of the step's tokens, `(T)` i32.
  public Value tokenIds() {
    return graph.leaf(LeafOp.Input.tokenIds());
  }

  /// Positions of the step's tokens in their sequences, `(T)` i32.
  public Value positions() {
    return graph.leaf(LeafOp.Input.positions());
  }

  /// Adds an op of a plugin and returns its results, of the types that it declares.
  ///
  /// @throws TypeException if a type is none that an activation can have
  public List<Value> custom(String name, CustomOp op) {
    return graph.addAll(place + name, op).results();
  }

  /// Adds any other op.
  public Value op(String name, Op op) {
    return graph.add(place + name, op);
  }

  /// Tensors of the checkpoint that no weight was declared with, sorted.
  public List<String> unused(Collection<String> tensors) {
    return weights.unused(tensors);
  }

  /// The graph, as imported.
  ///
  /// @throws CheckpointMismatchException if tensors are missing or have another shape
  public Graph build() {
    List<TensorProblem> problems = weights.problems();
    if (!problems.isEmpty()) {
      throw new CheckpointMismatchException(problems);
    }
    return graph.build(Stage.IMPORTED);
  }
}
