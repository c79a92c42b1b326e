package dev.lathe.ir;

import dev.lathe.ir.MatrixOp.Activation;
import java.util.Optional;

/// Layers of which each row uses a part.
public sealed interface MoeOp extends Op {

  /// Gated feed-forward layers, of which each row goes through a few. With
  /// `p = softmax(logits[i])`, row i takes the `topK` experts e of greatest p, the lowest id first
  /// among equals, and w = p, divided by the sum of the chosen p if `normalise`. Result:
  /// `sum over e of w[e] * (activation(in * gateUp[e]^T) * down[e]^T) + residual`, type of in.
  /// Source: Fedus, Zoph, Shazeer 2022; Jiang et al., Mixtral of Experts, 2024.
  ///
  /// What this takes in steps, and that rows of one expert lie together, is the plan's business.
  ///
  /// C1: in is `(n, H)` of a float dtype. C2: logits are `(n, E)` f32. C3: gateUp is `(E, N, H)` of
  /// the dtype of in. C4: down is `(E, H, I)` of the same dtype, with I = N / 2 if the activation
  /// gates and I = N if not. C5: residual has the type of in. C6: topK is 1 to E. C7: N is a
  /// multiple of 16 with an activation that gates.
  record Experts(
      Value in,
      Value logits,
      Value gateUp,
      Value down,
      Optional<Value> residual,
      int topK,
      boolean normalise,
      Activation activation)
      implements MoeOp, Op.RowWise {

    public Experts withResidual(Value value) {
      return new Experts(in, logits, gateUp, down, Optional.of(value), topK, normalise, activation);
    }
  }
}
