package dev.lathe.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.runtime.plugin.CpuMatrix;
import dev.lathe.runtime.plugin.CpuOperands;
import dev.lathe.runtime.plugin.CpuOperation;
import dev.lathe.runtime.plugin.CpuOperations;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CustomOpsTest {
  private static final Ref IN = Ref.buffer("in");
  private static final Ref IDS = Ref.buffer("ids");
  private static final Ref GAIN = Ref.weight("gain");
  private static final Ref OUT = Ref.buffer("out");
  private static final StepOp.Custom STEP =
      new StepOp.Custom("test.scaled", List.of(IN, IDS, GAIN), List.of(OUT), Map.of("factor", "2"));

  /// `out[t] = factor * in[t] * gain + ids[t]`.
  private static final class Scaled implements CpuOperation {
    @Override
    public String name() {
      return "test.scaled";
    }

    @Override
    public void run(CpuOperands operands) {
      CpuMatrix in = operands.inputs().getFirst();
      float factor = Float.parseFloat(operands.attributes().getOrDefault("factor", "1"));
      float[] gain = new float[in.columns()];
      operands.inputs().get(2).read(0, gain);
      float[] row = new float[in.columns()];
      float[] id = new float[1];
      for (int i = 0; i < in.rows(); i++) {
        in.read(i, row);
        operands.inputs().get(1).read(i, id);
        for (int j = 0; j < row.length; j++) {
          row[j] = factor * row[j] * gain[j] + id[0];
        }
        operands.outputs().getFirst().store(i, row);
      }
    }
  }

  private static void run(CpuOperations operations, Map<Ref, HostTensor> tensors) {
    new CustomOps(operations)
        .run(
            STEP,
            new Operands() {
              @Override
              HostTensor tensor(Ref ref) {
                HostTensor tensor = tensors.get(ref);
                if (tensor == null) {
                  throw new IllegalStateException("no tensor " + ref);
                }
                return tensor;
              }

              @Override
              List<PackedMatrix> packedExperts(Ref ref, int inputs) {
                throw new IllegalStateException("no experts");
              }

              @Override
              PackedMatrix packed(Ref ref) {
                throw new IllegalStateException("no matrix " + ref);
              }
            });
  }

  private static Map<Ref, HostTensor> tensors(FloatTensor out) {
    FloatTensor in = new FloatTensor(DType.BF16, 2, 2, new float[] {1, 2, 3, 4});
    return Map.of(
        IN, in, IDS, IntTensor.vector(10, 20), GAIN, FloatTensor.vector(1, 1.001f), OUT, out);
  }

  @Test
  void anOpReadsFloatsIdsAndWeightsAndItsResultIsRounded() {
    FloatTensor out = new FloatTensor(DType.BF16, 2, 2);

    run(new CpuOperations(List.of(new Scaled())), tensors(out));

    assertThat(out.data()).containsExactly(12, 14, 26, 28);
  }

  @Test
  void anOpThatNoPluginHasIsNamedWithThoseThatThereAre() {
    assertThatThrownBy(() -> run(CpuOperations.NONE, tensors(new FloatTensor(DType.F32, 2, 2))))
        .isInstanceOfSatisfying(
            LatheException.class,
            e -> {
              assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_ENGINE);
              assertThat(e.code()).isEqualTo("plugin-missing");
            })
        .hasMessageContaining("'test.scaled'")
        .hasMessageContaining("there is none");
  }

  @Test
  void oneNameForTwoOpsIsRefused() {
    assertThatThrownBy(() -> new CpuOperations(List.of(new Scaled(), new Scaled())))
        .isInstanceOf(LatheException.class)
        .hasMessageContaining("'test.scaled' is claimed by");
  }

  @Test
  void whatAStepReadsCannotBeWritten() {
    CpuOperation writer =
        new CpuOperation() {
          @Override
          public String name() {
            return "test.scaled";
          }

          @Override
          public void run(CpuOperands operands) {
            operands.inputs().get(2).store(0, new float[2]);
          }
        };

    assertThatThrownBy(() ->
            run(new CpuOperations(List.of(writer)), tensors(new FloatTensor(DType.F32, 2, 2))))
        .isInstanceOf(IllegalStateException.class);
  }
}
