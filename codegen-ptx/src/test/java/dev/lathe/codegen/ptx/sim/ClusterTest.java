package dev.lathe.codegen.ptx.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Target;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterTest {
  private final GlobalMemory memory = new GlobalMemory();
  private final KernelBuilder k = new KernelBuilder("k", Target.SM_90A, 32);
  private final B64 out = k.pointer("out");
  private final SharedRegion region = k.shared("values", 4, 4);
  private final B32 here = k.addressOf(region);
  private final B32 other = k.inBlock(here, k.xor(k.clusterRank(), 1));

  /// Each block writes 10 + its number.
  private void write() {
    k.cluster(2);
    k.when(k.eq(k.threadIndex(), 0), () -> k.store(k.at(here), k.toFloat(k.add(k.blockX(), 10))));
  }

  private void storeOther() {
    B64 target = k.madWide(k.blockX(), 4, out);
    k.ifThen(
        k.eq(k.threadIndex(), 0), () -> k.store(k.at(target), k.loadFloatOfCluster(k.at(other))));
  }

  private float[] run() {
    long address = memory.allocate(16);
    new Simulator(memory).launch(k.build(), 4, 1, 1, List.of(address));
    float[] result = new float[4];
    ByteBuffer.wrap(memory.content(address))
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(result);
    return result;
  }

  @Test
  void blocksOfAClusterReadOneAnothersSharedMemory() {
    write();
    k.clusterArrive();
    k.clusterWait();
    storeOther();
    k.clusterArriveRelaxed();
    k.clusterWait();
    assertThat(run()).containsExactly(11, 10, 13, 12);
  }

  @Test
  void aRelaxedArrivalTellsNothingOfWhatWasWritten() {
    write();
    k.clusterArriveRelaxed();
    k.clusterWait();
    storeOther();
    assertThatThrownBy(this::run).hasMessageContaining("with no barrier between");
  }

  @Test
  void aBlockThatEndsTakesItsSharedMemoryWithIt() {
    write();
    k.clusterArrive();
    k.clusterWait();
    k.exitIf(k.eq(k.clusterRank(), 0));
    storeOther();
    assertThatThrownBy(this::run).hasMessageContaining("of the cluster has ended");
  }
}
