package dev.lathe.passes;

import dev.lathe.ir.MoeOp.Experts;
import dev.lathe.passes.ReferenceInterpreter.Matrix;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// The plain meaning of a mixture of experts, without its residual.
///
/// @param gateUp matrices of all experts, one below the other
/// @param down likewise
record ReferenceExperts(Experts op, Matrix in, Matrix logits, Matrix gateUp, Matrix down) {

  static Matrix of(Experts op, Matrix in, Matrix logits, Matrix gateUp, Matrix down) {
    ReferenceExperts experts = new ReferenceExperts(op, in, logits, gateUp, down);
    double[] sums = new double[in.data().length];
    for (int row = 0; row < in.rows(); row++) {
      experts.addRow(row, sums);
    }
    return new Matrix(in.columns(), sums);
  }

  private void addRow(int row, double[] sums) {
    double[] of = logits.row(row);
    List<Integer> chosen = chosen(of);
    double total =
        (op.normalise() ? chosen.stream() : IntStream.range(0, of.length).boxed())
            .mapToDouble(e -> Math.exp(of[e]))
            .sum();
    Matrix x = new Matrix(in.columns(), in.row(row));
    for (int expert : chosen) {
      Matrix product = product(x, part(gateUp, expert));
      Matrix inner = ReferenceInterpreter.activated(op.activation(), product);
      Matrix outer = product(inner, part(down, expert));
      for (int c = 0; c < in.columns(); c++) {
        sums[row * in.columns() + c] += Math.exp(of[expert]) / total * outer.at(0, c);
      }
    }
  }

  private List<Integer> chosen(double[] logits) {
    return IntStream.range(0, logits.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer e) -> -logits[e]))
        .limit(op.topK())
        .toList();
  }

  private Matrix part(Matrix stacked, int expert) {
    int rows = stacked.rows() / logits.columns();
    return Matrix.of(rows, stacked.columns(), (r, c) -> stacked.at(expert * rows + r, c));
  }

  private static Matrix product(Matrix in, Matrix weight) {
    return Matrix.of(
        in.rows(),
        weight.rows(),
        (r, n) -> {
          double sum = 0;
          for (int k = 0; k < in.columns(); k++) {
            sum += in.at(r, k) * weight.at(n, k);
          }
          return sum;
        });
  }
}
