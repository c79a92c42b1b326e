package dev.lathe.codegen.kernel;

import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Activation;
import dev.lathe.engine.v1.StepOp.UnaryKind;
import java.util.Map;
import java.util.Optional;

/// What each step computes, in the plainest Java: loops over elements, sums in double.
final class StepMeaning {
  private final Map<Ref, Tensor> tensors;
  private final Sizes sizes;

  StepMeaning(Map<Ref, Tensor> tensors, Sizes sizes) {
    this.tensors = tensors;
    this.sizes = sizes;
  }

  /// Carries out the step on the tensors.
  void run(StepOp op) {
    switch (op) {
      case StepOp.Embedding e -> embedding(e);
      case StepOp.RmsNorm e ->
          rmsNorm(e.in(), e.weight(), e.out(), e.group(), e.epsilon(), e.weightOffset());
      case StepOp.AddRmsNorm e -> addRmsNorm(e);
      case StepOp.LayerNorm e -> layerNorm(e.in(), e.weight(), e.bias(), e.out(), e.epsilon());
      case StepOp.AddLayerNorm e -> {
        add(e.in(), e.residual(), e.sum());
        layerNorm(e.sum(), e.weight(), e.bias(), e.out(), e.epsilon());
      }
      case StepOp.Linear e -> linear(e);
      case StepOp.LinearArgmax e -> linearArgmax(e);
      case StepOp.SwiGlu e -> swiGlu(e);
      case StepOp.RopeKvAppend e -> new RopeMeaning(tensors).run(e);
      case StepOp.PagedAttention e -> new AttentionMeaning(tensors, sizes).run(e);
      case StepOp.GatherRows e -> gatherRows(e);
      case StepOp.Unary e -> unary(e);
      case StepOp.Binary e -> binary(e);
      case StepOp.AdjustLogits e -> new SampleMeaning(tensors).adjust(e);
      case StepOp.Sample e -> new SampleMeaning(tensors).sample(e);
      case StepOp.RouteExperts e -> new ExpertMeaning(tensors).route(e);
      case StepOp.GroupByExpert e -> new ExpertMeaning(tensors).group(e);
      case StepOp.GroupedLinear e -> new ExpertMeaning(tensors).groupedLinear(e);
      case StepOp.CombineExperts e -> new ExpertMeaning(tensors).combine(e);
      case StepOp.Custom e -> throw new IllegalStateException("no meaning for " + e.name());
    }
  }

  private Tensor tensor(Ref ref) {
    Tensor tensor = tensors.get(ref);
    if (tensor == null) {
      throw new IllegalStateException("no tensor " + ref);
    }
    return tensor;
  }

  static float silu(float x) {
    return (float) (x / (1 + Math.exp(-x)));
  }

  /// The function of x.
  ///
  /// @param c its parameter, if it has one
  static float unary(UnaryKind kind, float c, float x) {
    return switch (kind) {
      case SILU -> silu(x);
      case RELU -> Math.max(x, 0);
      case GELU -> (float) (x / 2 * (1 + erf(x / Math.sqrt(2))));
      case GELU_TANH -> {
        double u = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
        yield (float) (x / 2 * (1 + Math.tanh(u)));
      }
      case GELU_QUICK -> (float) (x / (1 + Math.exp(-1.702 * x)));
      case SCALE -> c * x;
      case SOFT_CAP -> (float) (c * Math.tanh(x / c));
    };
  }

  /// `2 / sqrt(pi) exp(-x^2) sum of 2^n x^(2n + 1) / (1 * 3 * .. (2n + 1))`: all terms have one
  /// sign.
  private static double erf(double x) {
    if (Math.abs(x) > 6) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; n < 200; n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }

  private void embedding(StepOp.Embedding op) {
    Tensor table = tensor(op.table());
    Tensor out = tensor(op.out());
    int width = out.size(-1);
    for (int t = 0; t < out.size(0); t++) {
      int id = tensor(op.ids()).getInt(t);
      boolean known = id >= 0 && id < table.size(0);
      for (int i = 0; i < width; i++) {
        out.set(t * width + i, known ? table.get(id * width + i) : 0);
      }
    }
  }

  private void gatherRows(StepOp.GatherRows op) {
    Tensor out = tensor(op.out());
    int width = out.size(-1);
    for (int r = 0; r < out.size(0); r++) {
      int row = tensor(op.rows()).getInt(r);
      for (int i = 0; i < width; i++) {
        out.set(r * width + i, tensor(op.in()).get(row * width + i));
      }
    }
  }

  private void rmsNorm(Ref in, Ref weight, Ref out, int group, float epsilon, float offset) {
    Tensor from = tensor(in);
    for (int first = 0; first < from.elements(); first += group) {
      double squares = 0;
      for (int i = 0; i < group; i++) {
        squares += (double) from.get(first + i) * from.get(first + i);
      }
      float scale = (float) (1 / Math.sqrt(squares / group + epsilon));
      for (int i = 0; i < group; i++) {
        tensor(out).set(first + i, from.get(first + i) * scale * (offset + tensor(weight).get(i)));
      }
    }
  }

  private void addRmsNorm(StepOp.AddRmsNorm op) {
    add(op.in(), op.residual(), op.sum());
    int width = tensor(op.sum()).size(-1);
    rmsNorm(op.sum(), op.weight(), op.out(), width, op.epsilon(), op.weightOffset());
  }

  private void add(Ref in, Ref residual, Ref sum) {
    for (int i = 0; i < tensor(sum).elements(); i++) {
      tensor(sum).set(i, tensor(in).get(i) + tensor(residual).get(i));
    }
  }

  private void layerNorm(Ref in, Ref weight, Optional<Ref> bias, Ref out, float epsilon) {
    Tensor from = tensor(in);
    int width = from.size(-1);
    for (int first = 0; first < from.elements(); first += width) {
      double mean = 0;
      for (int i = 0; i < width; i++) {
        mean += from.get(first + i) / (double) width;
      }
      double variance = 0;
      for (int i = 0; i < width; i++) {
        variance += Math.pow(from.get(first + i) - mean, 2) / width;
      }
      for (int i = 0; i < width; i++) {
        double scaled = (from.get(first + i) - mean) / Math.sqrt(variance + epsilon);
        double shift = bias.isPresent() ? tensor(bias.get()).get(i) : 0;
        tensor(out).set(first + i, (float) (scaled * tensor(weight).get(i) + shift));
      }
    }
  }

  private void linear(StepOp.Linear op) {
    for (int t = 0; t < tensor(op.in()).size(0); t++) {
      float[] row = product(op.in(), op.weight(), op.bias(), t);
      storeRow(op, t, activated(op.activation(), op.scale(), row));
    }
  }

  private void linearArgmax(StepOp.LinearArgmax op) {
    for (int t = 0; t < tensor(op.in()).size(0); t++) {
      float[] row = product(op.in(), op.weight(), op.bias(), t);
      float greatest = Float.NEGATIVE_INFINITY;
      int best = 0;
      for (int i = 0; i < row.length; i++) {
        float value = op.scale() * row[i];
        if (value > greatest) {
          greatest = value;
          best = i;
        }
      }
      tensor(op.out()).setInt(t, best);
    }
  }

  private float[] product(Ref input, Ref factor, Optional<Ref> bias, int t) {
    Tensor in = tensor(input);
    Tensor weight = tensor(factor);
    int k = weight.size(1);
    float[] row = new float[weight.size(0)];
    for (int i = 0; i < row.length; i++) {
      double sum = 0;
      for (int j = 0; j < k; j++) {
        sum += (double) in.get(t * k + j) * weight.get(i * k + j);
      }
      int column = i;
      row[i] = (float) (sum + bias.map(b -> tensor(b).get(column)).orElse(0f));
    }
    return row;
  }

  static float[] activated(Activation activation, float scale, float[] row) {
    Optional<UnaryKind> function = activation.function();
    float[] result = new float[activation.gates() ? row.length / 2 : row.length];
    for (int i = 0; i < result.length; i++) {
      int at = activation.gates() ? i / 8 * 16 + i % 8 : i;
      float value = row[at];
      float activated = function.map(f -> unary(f, 0, value)).orElse(value);
      result[i] = scale * (activation.gates() ? activated * row[at + 8] : activated);
    }
    return result;
  }

  private void storeRow(StepOp.Linear op, int token, float[] row) {
    Optional<Tensor> residual = op.residual().map(this::tensor);
    for (int i = 0; i < row.length; i++) {
      int at = token * row.length + i;
      tensor(op.out()).set(at, row[i] + residual.map(tensor -> tensor.get(at)).orElse(0f));
    }
  }

  private void swiGlu(StepOp.SwiGlu op) {
    Tensor out = tensor(op.out());
    Tensor gateUp = tensor(op.gateUp());
    int width = out.size(-1);
    for (int i = 0; i < out.elements(); i++) {
      int gate = i / width * 2 * width + i % width;
      out.set(i, silu(gateUp.get(gate)) * gateUp.get(gate + width));
    }
  }

  private void unary(StepOp.Unary op) {
    for (int i = 0; i < tensor(op.out()).elements(); i++) {
      float x = tensor(op.in()).get(i);
      tensor(op.out()).set(i, unary(op.kind(), op.parameter(), x));
    }
  }

  private void binary(StepOp.Binary op) {
    for (int i = 0; i < tensor(op.out()).elements(); i++) {
      float a = tensor(op.left()).get(i);
      float b = tensor(op.right()).get(i);
      tensor(op.out())
          .set(
              i,
              switch (op.kind()) {
                case ADD -> a + b;
                case MULTIPLY -> a * b;
              });
    }
  }
}
