package dev.lathe.tests.kernel;

import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import java.util.List;

/// What a step writes.
final class StepWrites {
  private StepWrites() {}

  static List<Ref> of(StepOp op) {
    return switch (op) {
      case StepOp.Embedding step -> List.of(step.out());
      case StepOp.RmsNorm step -> List.of(step.out());
      case StepOp.AddRmsNorm step -> List.of(step.sum(), step.out());
      case StepOp.LayerNorm norm -> List.of(norm.out());
      case StepOp.AddLayerNorm norm -> List.of(norm.sum(), norm.out());
      case StepOp.Linear step -> List.of(step.out());
      case StepOp.LinearArgmax step -> List.of(step.out());
      case StepOp.SwiGlu step -> List.of(step.out());
      case StepOp.RopeKvAppend step -> List.of(step.query(), step.keyCache(), step.valueCache());
      case StepOp.PagedAttention step -> List.of(step.out());
      case StepOp.GatherRows step -> List.of(step.out());
      case StepOp.RouteExperts step -> List.of(step.experts(), step.weights());
      case StepOp.GroupByExpert step -> List.of(step.places(), step.rows(), step.starts());
      case StepOp.GroupedLinear step -> List.of(step.out());
      case StepOp.CombineExperts step -> List.of(step.out());
      case StepOp.Unary step -> List.of(step.out());
      case StepOp.Binary step -> List.of(step.out());
      case StepOp.AdjustLogits step -> List.of(step.logits());
      case StepOp.Sample step -> List.of(step.out());
      case StepOp.Custom step -> step.outputs();
    };
  }
}
