package dev.lathe.codegen.kernel.linear.wgmma;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lathe.codegen.kernel.linear.LinearProblem;
import dev.lathe.codegen.kernel.linear.wgmma.WgmmaConfig.Output;
import dev.lathe.codegen.kernel.linear.wgmma.WgmmaConfig.Schedule;
import dev.lathe.codegen.link.PtxasAssembler;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.engine.v1.StepOp.Activation;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Kernels that are not in the budget, as no plan of it prefers them.
class WgmmaCodeTest {
  @ParameterizedTest
  @CsvSource({"128, 256, 2", "256, 128, 2", "128, 256, 1", "256, 128, 4"})
  void largeTilesHaveRegistersForSumsOfAClusterAndAResidual(int rows, int tokens, int splits) {
    FloatFormat type = FloatFormat.BF16;
    LinearProblem linear =
        new LinearProblem(type, type, 4096, 14336, false, Activation.NONE, 1, true);
    assembles(linear, new WgmmaConfig(rows, tokens, 2, 1, 4, splits, 1, Output.SUMS));
  }

  @ParameterizedTest
  @CsvSource({"128, SUMS", "128, BOXES", "192, SUMS", "192, BOXES"})
  void tilesOfOneWarpgroupHaveRegistersForAGatedResult(int tokens, Output output) {
    FloatFormat type = FloatFormat.BF16;
    LinearProblem linear =
        new LinearProblem(type, type, 28672, 4096, true, Activation.SWIGLU_INTERLEAVED, 1, false);
    WgmmaConfig config = new WgmmaConfig(128, tokens, 2, 1, 4, 1, 1, output);
    assembles(linear, config.withSchedule(Schedule.PING_PONG));
  }

  private static void assembles(LinearProblem linear, WgmmaConfig config) {
    Optional<PtxasAssembler> assembler = PtxasAssembler.find("ptxas");
    assumeTrue(assembler.isPresent(), "ptxas is not on the PATH");
    Kernel kernel =
        new WgmmaLinear()
            .emit(new WgmmaProblem(linear, 512), config, Target.SM_90A, "linear")
            .getFirst();
    assertThatNoException()
        .isThrownBy(() -> assembler.get().assemble(kernel.ptx(), Target.SM_90A).withoutSpills());
  }
}
