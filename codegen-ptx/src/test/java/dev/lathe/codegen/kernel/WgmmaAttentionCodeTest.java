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

  private static String code(int headDim, WgmmaAttentionConfig config) {
    Optional<PtxasAssembler> assembler = PtxasAssembler.find("ptxas");
    assumeTrue(assembler.isPresent(), "ptxas is not on the PATH");
    assumeTrue(assembler.get().version().startsWith("13.0."), "another ptxas may do otherwise");
    AttentionProblem problem =
        new AttentionProblem(FloatFormat.BF16, new Heads(32, 8, headDim), PLAIN, 0, 64, 64);
    Kernel kernel =
        new WgmmaAttention().emit(problem, config, Target.SM_90A, "attention").getFirst();
    byte[] cubin = assembler.get().assemble(kernel.ptx(), Target.SM_90A).cubin();
    return new MachineCode(cubin, "attention").productsAndExponentials();
  }

  /// In the loop, the exponentials of a tile lie before the wait for the values of the tile before.
  @Test
  void scoresAreWeighedWhileValuesAreAdded() {
    assertThat(code(128, new WgmmaAttentionConfig(2, 128, 2, 2, true, true, 132)))
        .isEqualTo(
            "8 products, 1 waits, 66 exponentials, 16 products, 1 waits, 66 exponentials, 1 waits,"
                + " 8 products, 1 waits, 4 exponentials");
    assertThat(code(256, new WgmmaAttentionConfig(2, 80, 2, 1, true, true, 0)))
        .isEqualTo(
            "16 products, 1 waits, 42 exponentials, 21 products, 1 waits, 42 exponentials, 1 waits,"
                + " 5 products, 1 waits, 4 exponentials");
  }

  @Test
  void threeWarpgroupsKeepTheOrderToo() {
    assertThat(code(64, new WgmmaAttentionConfig(3, 128, 2, 2, true, true, 132)))
        .isEqualTo(
            "4 products, 1 waits, 66 exponentials, 12 products, 1 waits, 66 exponentials, 1 waits,"
                + " 8 products, 1 waits, 4 exponentials");
  }
}
