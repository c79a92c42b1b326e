package dev.lathe.codegen.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.kernel.attention.ScoreRule;
import dev.lathe.codegen.kernel.attention.wgmma.WgmmaAttention;
import dev.lathe.codegen.kernel.attention.wgmma.WgmmaAttentionConfig;
import dev.lathe.codegen.link.PtxasAssembler;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.engine.v1.StepOp.Heads;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What the assembler makes of Hopper's attention: it may change the order of what the text says.
class WgmmaAttentionCodeTest {
  private static final ScoreRule PLAIN = new ScoreRule(0.1f, 0, false, true);

  private static MachineCode code(int headDim, WgmmaAttentionConfig config) {
    Optional<PtxasAssembler> assembler = PtxasAssembler.find("ptxas");
    assumeTrue(assembler.isPresent(), "ptxas is not on the PATH");
    assumeTrue(assembler.get().version().startsWith("13.0."), "another ptxas may do otherwise");
    AttentionProblem problem =
        new AttentionProblem(FloatFormat.BF16, new Heads(32, 32, headDim), PLAIN, 0, 64, 64);
    Kernel kernel =
        new WgmmaAttention().emit(problem, config, Target.SM_90A, "attention").getLast();
    byte[] cubin = assembler.get().assemble(kernel.ptx(), Target.SM_90A).withoutSpills().cubin();
    return new MachineCode(cubin, kernel.name());
  }

  /// In the loop, which comes second, the exponentials of a tile lie before the wait for the values
  /// of the tile before.
  private static void assertOrder(MachineCode code, int scores, int values, int exponentials) {
    assertThat(code.productsAndExponentials())
        .startsWith(
            ("%d products, 1 waits, %d exponentials, "
                    + "%d products, 1 waits, %d exponentials, 1 waits, ")
                .formatted(scores, exponentials, scores + values, exponentials));
  }

  @Test
  void scoresAreWeighedWhileValuesAreAdded() {
    assertOrder(code(128, new WgmmaAttentionConfig(2, 128, 2, 2, 2, true, 132)), 8, 8, 66);
    assertOrder(code(256, new WgmmaAttentionConfig(2, 80, 2, 2, 1, true, 132)), 16, 5, 42);
  }

  @Test
  void threeWarpgroupsKeepTheOrderToo() {
    assertOrder(code(64, new WgmmaAttentionConfig(3, 96, 2, 2, 2, true, 132)), 4, 6, 50);
  }

  @Test
  void theAssemblerKnowsThatLanesStayTogether() {
    assertThat(code(128, new WgmmaAttentionConfig(2, 128, 2, 2, 2, true, 132)).gatherings())
        .isZero();
    assertThat(code(256, new WgmmaAttentionConfig(2, 64, 3, 2, 1, true, 132)).gatherings())
        .isZero();
  }
}
