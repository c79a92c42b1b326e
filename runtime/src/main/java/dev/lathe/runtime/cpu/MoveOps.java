package dev.lathe.runtime.cpu;

import dev.lathe.engine.v1.StepOp;
import java.util.Arrays;

/// Steps that move rows about.
final class MoveOps {
  private final Workers workers;

  MoveOps(Workers workers) {
    this.workers = workers;
  }

  void embedding(StepOp.Embedding step, Operands operands) {
    IntTensor ids = operands.ints(step.ids());
    FloatTensor out = operands.floats(step.out());
    HostTensor table = operands.tensor(step.table());
    int columns = out.columns();
    workers.run(
        out.rows(),
        (long) out.rows() * columns,
        (row, worker) -> {
          copyRow(table, ids.data()[row], out.data(), row * columns, columns);
          out.round(row);
        });
  }

  private static void copyRow(HostTensor table, int id, float[] target, int at, int columns) {
    if (table instanceof MappedMatrix mapped) {
      if (id >= 0 && id < mapped.rows()) {
        mapped.copyRow(id, 0, columns, target, at);
        return;
      }
    } else if (table instanceof FloatTensor floats) {
      if (id >= 0 && id < floats.rows()) {
        System.arraycopy(floats.data(), id * columns, target, at, columns);
        return;
      }
    } else {
      throw new IllegalStateException("no table: " + table);
    }
    Arrays.fill(target, at, at + columns, 0f);
  }

  void gatherRows(StepOp.GatherRows step, Operands operands) {
    FloatTensor in = operands.floats(step.in());
    IntTensor rows = operands.ints(step.rows());
    FloatTensor out = operands.floats(step.out());
    int columns = out.columns();
    for (int row = 0; row < out.rows(); row++) {
      System.arraycopy(in.data(), rows.data()[row] * columns, out.data(), row * columns, columns);
      out.round(row);
    }
  }
}
