package dev.lathe.codegen.kernel;

import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// What the steps of a mixture of experts compute, in the plainest Java.
final class ExpertMeaning {
  private final Map<Ref, Tensor> tensors;

  ExpertMeaning(Map<Ref, Tensor> tensors) {
    this.tensors = tensors;
  }

  private Tensor tensor(Ref ref) {
    Tensor tensor = tensors.get(ref);
    if (tensor == null) {
      throw new IllegalStateException("no tensor " + ref);
    }
    return tensor;
  }

  void route(StepOp.RouteExperts op) {
    Tensor logits = tensor(op.logits());
    int experts = logits.size(1);
    int topK = tensor(op.experts()).size(1);
    for (int t = 0; t < logits.size(0); t++) {
      int row = t * experts;
      double[] values =
          IntStream.range(0, experts)
              .mapToDouble(e -> logits.get(row + e))
              .map(l -> Double.isNaN(l) ? Double.NEGATIVE_INFINITY : l + 0.0)
              .toArray();
      // A stable sort: the lowest id first among equals.
      int[] chosen =
          IntStream.range(0, experts)
              .boxed()
              .sorted((a, b) -> Double.compare(values[b], values[a]))
              .limit(topK)
              .mapToInt(Integer::intValue)
              .toArray();
      IntStream counted = op.normalise() ? IntStream.of(chosen) : IntStream.range(0, experts);
      double greatest = values[chosen[0]];
      double total = counted.mapToDouble(e -> Math.exp(values[e] - greatest)).sum();
      for (int j = 0; j < topK; j++) {
        tensor(op.experts()).setInt(t * topK + j, chosen[j]);
        double weight = Math.exp(values[chosen[j]] - greatest) / total;
        tensor(op.weights()).set(t * topK + j, (float) weight);
      }
    }
  }

  void group(StepOp.GroupByExpert op) {
    Tensor experts = tensor(op.experts());
    int place = 0;
    for (int e = 0; e < tensor(op.starts()).size(0); e++) {
      tensor(op.starts()).setInt(e, place);
      for (int i = 0; i < experts.elements(); i++) {
        if (experts.getInt(i) == e) {
          tensor(op.places()).setInt(i, place);
          tensor(op.rows()).setInt(place, i / experts.size(1));
          place++;
        }
      }
    }
  }

  void groupedLinear(StepOp.GroupedLinear op) {
    Tensor weight = tensor(op.weight());
    int n = weight.size(1);
    int k = weight.size(2);
    for (int e = 0; e < weight.size(0); e++) {
      int end = tensor(op.starts()).getInt(e + 1);
      for (int place = tensor(op.starts()).getInt(e); place < end; place++) {
        int at = place;
        int row = op.rows().map(rows -> tensor(rows).getInt(at)).orElse(place);
        float[] sums = new float[n];
        for (int i = 0; i < n; i++) {
          double sum = 0;
          for (int j = 0; j < k; j++) {
            sum += (double) tensor(op.in()).get(row * k + j) * weight.get((e * n + i) * k + j);
          }
          sums[i] = (float) sum;
        }
        float[] results = StepMeaning.activated(op.activation(), 1, sums);
        for (int i = 0; i < results.length; i++) {
          tensor(op.out()).set(place * results.length + i, results[i]);
        }
      }
    }
  }

  void combine(StepOp.CombineExperts op) {
    Tensor out = tensor(op.out());
    Tensor places = tensor(op.places());
    int width = out.size(-1);
    int topK = places.size(1);
    Optional<Tensor> residual = op.residual().map(this::tensor);
    for (int i = 0; i < out.elements(); i++) {
      double sum = 0;
      for (int j = i / width * topK; j < (i / width + 1) * topK; j++) {
        int from = places.getInt(j) * width + i % width;
        sum += (double) tensor(op.weights()).get(j) * tensor(op.in()).get(from);
      }
      int at = i;
      out.set(i, (float) (sum + residual.map(tensor -> tensor.get(at)).orElse(0f)));
    }
  }
}
