package dev.lathe.runtime.cpu;

import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.runtime.plugin.CpuOperations;
import java.util.List;
import java.util.Map;

/// Runs single steps. Used by [CpuStepExecutor], and by tests of GPU kernels as the oracle:
///
/// ```java
/// FloatTensor out = new FloatTensor(DType.BF16, 3, 256);
/// CpuOps.run(new StepOp.RmsNorm(x, w, y, 256, 1e-5f), Map.of(x, in, w, weight, y, out));
/// ```
public final class CpuOps {
  private final MoveOps moves;
  private final NormOps norms;
  private final ElementwiseOps elementwise;
  private final MatrixOps matrices;
  private final RopeOps rope;
  private final AttentionOps attention;
  private final SamplingOps sampling;
  private final ExpertOps experts;
  private final CustomOps customs;

  /// @param operations of plugins
  CpuOps(Workers workers, CpuOperations operations) {
    moves = new MoveOps(workers);
    norms = new NormOps(workers);
    elementwise = new ElementwiseOps(workers);
    matrices = new MatrixOps(workers);
    rope = new RopeOps(workers);
    attention = new AttentionOps(workers);
    sampling = new SamplingOps(workers);
    experts = new ExpertOps(workers);
    customs = new CustomOps(operations);
  }

  /// Runs one step over the given tensors on the calling thread. Outputs are written in place;
  /// their dtypes say how results are rounded. Weights of linear steps may be [FloatTensor]s `(N,
  /// K)`, those of grouped ones with a row an expert.
  ///
  /// Ops of plugins are not known here.
  ///
  /// @throws IllegalStateException if an operand is missing or of the wrong kind
  public static void run(StepOp op, Map<Ref, HostTensor> tensors) {
    try (Workers workers = new Workers(1)) {
      new CpuOps(workers, CpuOperations.NONE).run(op, new GivenOperands(tensors, workers));
    }
  }

  void run(StepOp op, Operands operands) {
    switch (op) {
      case StepOp.Embedding step -> moves.embedding(step, operands);
      case StepOp.GatherRows step -> moves.gatherRows(step, operands);
      case StepOp.RmsNorm step -> norms.rmsNorm(step, operands);
      case StepOp.AddRmsNorm step -> norms.addRmsNorm(step, operands);
      case StepOp.LayerNorm step -> norms.layerNorm(step, operands);
      case StepOp.AddLayerNorm step -> norms.addLayerNorm(step, operands);
      case StepOp.Linear step -> matrices.linear(step, operands);
      case StepOp.LinearArgmax step ->
          sampling.greatest(matrices.product(step, operands), operands.ints(step.out()).data());
      case StepOp.SwiGlu step -> elementwise.swiGlu(step, operands);
      case StepOp.Unary step -> elementwise.unary(step, operands);
      case StepOp.Binary step -> elementwise.binary(step, operands);
      case StepOp.RopeKvAppend step -> rope.ropeKvAppend(step, operands);
      case StepOp.PagedAttention step -> attention.pagedAttention(step, operands);
      case StepOp.AdjustLogits step -> sampling.adjustLogits(step, operands);
      case StepOp.Sample step -> sampling.sample(step, operands);
      case StepOp.RouteExperts step -> experts.route(step, operands);
      case StepOp.GroupByExpert step -> experts.group(step, operands);
      case StepOp.GroupedLinear step -> matrices.groupedLinear(step, operands);
      case StepOp.CombineExperts step -> experts.combine(step, operands);
      case StepOp.Custom step -> customs.run(step, operands);
    }
  }

  /// Operands from a map; weights are packed when they are asked for.
  private static final class GivenOperands extends Operands {
    private final Map<Ref, HostTensor> tensors;
    private final Workers workers;

    GivenOperands(Map<Ref, HostTensor> tensors, Workers workers) {
      this.tensors = tensors;
      this.workers = workers;
    }

    @Override
    HostTensor tensor(Ref ref) {
      HostTensor tensor = tensors.get(ref);
      if (tensor == null) {
        throw new IllegalStateException("no tensor for " + ref);
      }
      return tensor;
    }

    @Override
    PackedMatrix packed(Ref ref) {
      return tensor(ref) instanceof PackedMatrix matrix
          ? matrix
          : PackedMatrix.pack(floats(ref), workers);
    }

    @Override
    List<PackedMatrix> packedExperts(Ref ref, int inputs) {
      FloatTensor stacked = floats(ref);
      int outputs = stacked.columns() / inputs;
      return PackedMatrix.packEach(
          stacked.rows(),
          outputs,
          inputs,
          (expert, from, count, target, at) ->
              System.arraycopy(
                  stacked.data(), expert * stacked.columns() + from, target, at, count),
          workers);
    }
  }
}
