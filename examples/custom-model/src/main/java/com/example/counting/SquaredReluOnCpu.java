package com.example.counting;

import dev.lathe.runtime.plugin.CpuMatrix;
import dev.lathe.runtime.plugin.CpuOperands;
import dev.lathe.runtime.plugin.CpuOperation;

/// What the op means: how the CPU runs it, and what its kernel is compared with.
public final class SquaredReluOnCpu implements CpuOperation {
  @Override
  public String name() {
    return SquaredRelu.NAME;
  }

  @Override
  public void run(CpuOperands operands) {
    CpuMatrix in = operands.inputs().getFirst();
    CpuMatrix out = operands.outputs().getFirst();
    float[] row = new float[in.columns()];
    for (int i = 0; i < in.rows(); i++) {
      in.read(i, row);
      for (int j = 0; j < row.length; j++) {
        row[j] = row[j] > 0 ? row[j] * row[j] : 0;
      }
      out.store(i, row);
    }
  }
}
