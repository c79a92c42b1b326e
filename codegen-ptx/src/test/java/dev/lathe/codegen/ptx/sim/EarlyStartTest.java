package dev.lathe.codegen.ptx.sim;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.ptx.isa.Target;
import java.util.List;
import org.junit.jupiter.api.Test;

class EarlyStartTest {
  private final GlobalMemory memory = new GlobalMemory();
  private final KernelBuilder k = new KernelBuilder("k", Target.SM_90A, 64);
  private final B64 values = k.pointer("values");
  private final B32 thread = k.threadIndex();

  /// Runs the kernel on 256 bytes, of which the second half is written by the kernel before.
  private void run() {
    long address = memory.allocate(256);
    memory.usedByPredecessors(address + 128, 128);
    new Simulator(memory).launch(k.build(), 1, 1, 1, List.of(address));
  }

  @Test
  void whatNoKernelBeforeWritesMayBeReadAtOnce() {
    k.loadB32(k.at(values, 124));
    k.waitForPredecessor();
    k.loadB32(k.at(values, 128));
    assertThatCode(this::run).doesNotThrowAnyException();
  }

  @Test
  void aReadBeforeTheWaitIsARace() {
    k.loadB32(k.at(values, 128));
    k.waitForPredecessor();
    assertThatThrownBy(this::run).hasMessageContaining("before the kernels that may write it");
  }

  @Test
  void anAsynchronousCopyThatBeginsBeforeTheWaitIsARace() {
    SharedRegion region = k.shared("values", 1024, 16);
    k.copyAsync(k.at(k.mad(thread, 16, k.addressOf(region))), k.at(values, 240), 16);
    k.waitForPredecessor();
    k.commitCopies();
    k.waitCopies(0);
    assertThatThrownBy(this::run).hasMessageContaining("before the kernels that may write it");
  }

  @Test
  void aWarpMayLetAnotherOneWaitForIt() {
    Pred first = k.lt(thread, 32);
    k.ifThen(first, k::waitForPredecessor);
    k.blockBarrier();
    k.ifNot(first, () -> k.loadB32(k.at(values, 128)));
    assertThatCode(this::run).doesNotThrowAnyException();
  }

  @Test
  void withoutABarrierTheWaitOfAnotherWarpCountsForNothing() {
    Pred first = k.lt(thread, 32);
    k.ifThen(first, k::waitForPredecessor);
    k.ifNot(first, () -> k.loadB32(k.at(values, 128)));
    assertThatThrownBy(this::run).hasMessageContaining("before the kernels that may write it");
  }

  @Test
  void aKernelThatDoesNotWaitStartsWhenAllIsThere() {
    k.loadB32(k.at(values, 128));
    assertThatCode(this::run).doesNotThrowAnyException();
  }
}
