package dev.lathe.ir.verify;

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
import dev.lathe.ir.LeafOp;
import dev.lathe.ir.MatrixOp;
import dev.lathe.ir.MoeOp;
import dev.lathe.ir.MoveOp.Embedding;
import dev.lathe.ir.MoveOp.GatherRows;
import dev.lathe.ir.MoveOp.SliceColumns;
import dev.lathe.ir.Node;
import dev.lathe.ir.NormOp;
import dev.lathe.ir.Op;
import dev.lathe.ir.Stage;
import java.util.List;

/// G6: every node is something that a device can run as a step. An op that is no step by itself
/// must have been fused into one.
final class NodesAreSteps implements Check {
  @Override
  public Stage since() {
    return Stage.FUSED;
  }

  @Override
  public List<Violation> check(Graph graph) {
    return graph.nodes().stream()
        .filter(node -> !isStep(node.op()))
        .map(NodesAreSteps::violation)
        .toList();
  }

  private static Violation violation(Node node) {
    return Violation.at(
        node, "G6", node.op().mnemonic() + " is no step by itself, and no rule fused it into one");
  }

  private static boolean isStep(Op op) {
    return switch (op) {
      case LeafOp _, SliceColumns _, AddBias _, Rope _, KvAppend _ -> false;
      case Embedding _, GatherRows _, MatrixOp _, NormOp _, MoeOp _, CustomOp _ -> true;
      case Add _, Multiply _, Activate _, Scale _, ToFloat32 _, SoftCap _ -> true;
      case Glu _, SwiGluHalves _ -> true;
      case PagedAttention _, RopeKvAppend _ -> true;
    };
  }
}
