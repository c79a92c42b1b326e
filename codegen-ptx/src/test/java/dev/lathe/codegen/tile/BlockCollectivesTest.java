package dev.lathe.codegen.tile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.codegen.ptx.sim.GlobalMemory;
import dev.lathe.codegen.ptx.sim.Simulator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockCollectivesTest {

  @ParameterizedTest
  @ValueSource(ints = {32, 64, 96, 256, 1024})
  void everyThreadGetsTheSumMaximumAndPrefixOfTheBlock(int threads) {
    KernelBuilder k = new KernelBuilder("collectives", Target.SM_80, threads);
    B64 out = k.pointer("out");
    B32 thread = k.threadIndex();
    BlockReduction reduction = new BlockReduction(k);
    B32 key = k.and(k.mul(thread, 37), 1023);
    F32 value = k.toFloat(key);
    B64 wide = k.shl(k.widen(key), 33);
    B64 address = k.madWide(thread, 40, out);
    k.store(k.at(address, 0), reduction.sum(value));
    k.store(k.at(address, 4), reduction.max(value));
    k.store(k.at(address, 8), reduction.maxU(wide));
    k.store(k.at(address, 16), reduction.sum(wide));
    k.store(k.at(address, 24), new BlockScan(k).exclusive(wide));
    GlobalMemory memory = new GlobalMemory();
    long result = memory.allocate(40 * threads);
    new Simulator(memory, threads == 96).launch(k.build(), 1, 1, 1, List.of(result));
    ByteBuffer bytes = ByteBuffer.wrap(memory.content(result)).order(ByteOrder.LITTLE_ENDIAN);
    long[] keys = IntStream.range(0, threads).mapToLong(i -> i * 37 & 1023).toArray();
    long sum = IntStream.range(0, threads).mapToLong(i -> keys[i]).sum();
    long max = IntStream.range(0, threads).mapToLong(i -> keys[i]).max().orElseThrow();
    long before = 0;
    for (int i = 0; i < threads; i++) {
      assertThat(bytes.getFloat(40 * i)).isEqualTo((float) sum);
      assertThat(bytes.getFloat(40 * i + 4)).isEqualTo((float) max);
      assertThat(bytes.getLong(40 * i + 8)).isEqualTo(max << 33);
      assertThat(bytes.getLong(40 * i + 16)).isEqualTo(sum << 33);
      assertThat(bytes.getLong(40 * i + 24)).isEqualTo(before << 33);
      before += keys[i];
    }
  }
}
