package dev.lathe.codegen.kernel;

import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Activation;
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
      case StepOp.RmsNorm e -> rmsNorm(e.in(), e.weight(), e.out(), e.group(), e.epsilon());
      case StepOp.AddRmsNorm e -> addRmsNorm(e);
      case StepOp.Linear e -> linear(e);
      case StepOp.SwiGlu e -> swiGlu(e);
      case StepOp.RopeKvAppend e -> new RopeMeaning(tensors).run(e);
      case StepOp.PagedAttention e -> new AttentionMeaning(tensors, sizes).run(e);
      case StepOp.GatherRows e -> gatherRows(e);
      case StepOp.Unary e -> unary(e);
      case StepOp.Binary e -> binary(e);
      case StepOp.AdjustLogits e -> new SampleMeaning(tensors).adjust(e);
      case StepOp.Sample e -> new SampleMeaning(tensors).sample(e);
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

  private void rmsNorm(Ref in, Ref weight, Ref out, int group, float epsilon) {
    Tensor from = tensor(in);
    for (int first = 0; first < from.elements(); first += group) {
      double squares = 0;
      for (int i = 0; i < group; i++) {
        squares += (double) from.get(first + i) * from.get(first + i);
      }
      float scale = (float) (1 / Math.sqrt(squares / group + epsilon));
      for (int i = 0; i < group; i++) {
        tensor(out).set(first + i, from.get(first + i) * scale * tensor(weight).get(i));
      }
    }
  }

  private void addRmsNorm(StepOp.AddRmsNorm op) {
    Tensor sum = tensor(op.sum());
    for (int i = 0; i < sum.elements(); i++) {
      sum.set(i, tensor(op.in()).get(i) + tensor(op.residual()).get(i));
    }
    rmsNorm(op.sum(), op.weight(), op.out(), sum.size(-1), op.epsilon());
  }

  private void linear(StepOp.Linear op) {
    Tensor in = tensor(op.in());
    Tensor weight = tensor(op.weight());
    int k = weight.size(1);
    int n = weight.size(0);
    for (int t = 0; t < in.size(0); t++) {
      float[] row = new float[n];
      for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int j = 0; j < k; j++) {
          sum += (double) in.get(t * k + j) * weight.get(i * k + j);
        }
        int column = i;
        row[i] = (float) (sum + op.bias().map(b -> tensor(b).get(column)).orElse(0f));
      }
      storeRow(op, t, activated(op.activation(), row));
    }
  }

  private static float[] activated(Activation activation, float[] row) {
    return switch (activation) {
      case NONE -> row;
      case SILU -> {
        for (int i = 0; i < row.length; i++) {
          row[i] = silu(row[i]);
        }
        yield row;
      }
      case SWIGLU_INTERLEAVED -> {
        float[] half = new float[row.length / 2];
        for (int i = 0; i < half.length; i++) {
          int gate = i / 8 * 16 + i % 8;
          half[i] = silu(row[gate]) * row[gate + 8];
        }
        yield half;
      }
    };
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
      tensor(op.out())
          .set(
              i,
              switch (op.kind()) {
                case SILU -> silu(x);
              });
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
