package dev.lathe.runtime.cpu;

import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.runtime.plugin.CpuMatrix;
import dev.lathe.runtime.plugin.CpuOperands;
import dev.lathe.runtime.plugin.CpuOperations;
import java.util.List;

/// Ops of plugins.
record CustomOps(CpuOperations operations) {

  void run(StepOp.Custom step, Operands operands) {
    operations
        .require(step.name())
        .run(
            new CpuOperands(
                matrices(step.inputs(), operands),
                matrices(step.outputs(), operands),
                step.attributes()));
  }

  private static List<CpuMatrix> matrices(List<Ref> refs, Operands operands) {
    return refs.stream().map(ref -> matrix(ref, operands.tensor(ref))).toList();
  }

  private static CpuMatrix matrix(Ref ref, HostTensor tensor) {
    return switch (tensor) {
      case FloatTensor floats -> new Floats(floats, !ref.isWeight());
      case IntTensor ints -> new Ints(ints);
      case MappedMatrix mapped -> new Mapped(mapped);
      case KvTensor _, LongTensor _, PackedMatrix _ ->
          throw new IllegalStateException(
              ref + " is a " + tensor.getClass().getSimpleName() + ", which no custom op can take");
    };
  }

  private static IllegalStateException readOnly() {
    return new IllegalStateException("this operand is only to be read");
  }

  private record Floats(FloatTensor tensor, boolean writable) implements CpuMatrix {
    @Override
    public int rows() {
      return tensor.rows();
    }

    @Override
    public int columns() {
      return tensor.columns();
    }

    @Override
    public void read(int row, float[] target) {
      System.arraycopy(tensor.data(), row * columns(), target, 0, columns());
    }

    @Override
    public void store(int row, float[] values) {
      if (!writable) {
        throw readOnly();
      }
      System.arraycopy(values, 0, tensor.data(), row * columns(), columns());
      tensor.round(row);
    }
  }

  private record Ints(IntTensor tensor) implements CpuMatrix {
    @Override
    public int rows() {
      return tensor.rows();
    }

    @Override
    public int columns() {
      return tensor.columns();
    }

    @Override
    public void read(int row, float[] target) {
      for (int i = 0; i < columns(); i++) {
        target[i] = tensor.data()[row * columns() + i];
      }
    }

    @Override
    public void store(int row, float[] values) {
      throw readOnly();
    }
  }

  private record Mapped(MappedMatrix matrix) implements CpuMatrix {
    @Override
    public int rows() {
      return matrix.rows();
    }

    @Override
    public int columns() {
      return matrix.columns();
    }

    @Override
    public void read(int row, float[] target) {
      matrix.copyRow(row, 0, columns(), target, 0);
    }

    @Override
    public void store(int row, float[] values) {
      throw readOnly();
    }
  }
}
