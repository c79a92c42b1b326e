package dev.lathe.codegen.ptx.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Target;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Quotients and remainders by constants, which are emitted without a division.
class QuotientTest {
  private static final int COUNT = 256;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 7, 10, 64, 96, 641, 14336, 151936, (1 << 30) + 1, 2147483647})
  void areThoseOfUnsignedDivision(int divisor) {
    ByteBuffer values = ByteBuffer.allocate(4 * COUNT).order(ByteOrder.LITTLE_ENDIAN);
    Random random = new Random(divisor);
    for (int i = 0; i < COUNT; i++) {
      int multiple = divisor * random.nextInt();
      values.putInt(i < 8 ? i - 4 : i % 2 == 0 ? random.nextInt() : multiple - random.nextInt(2));
    }
    ByteBuffer results = run(divisor, values);
    for (int i = 0; i < COUNT; i++) {
      int value = values.getInt(4 * i);
      assertThat(results.getInt(8 * i)).isEqualTo(Integer.divideUnsigned(value, divisor));
      assertThat(results.getInt(8 * i + 4)).isEqualTo(Integer.remainderUnsigned(value, divisor));
    }
  }

  private static ByteBuffer run(int divisor, ByteBuffer values) {
    KernelBuilder k = new KernelBuilder("k", Target.SM_80, COUNT);
    B64 in = k.pointer("in");
    B64 out = k.madWide(k.threadIndex(), 8, k.pointer("out"));
    B32 value = k.loadB32(k.at(k.madWide(k.threadIndex(), 4, in)));
    k.store(k.at(out), k.div(value, divisor));
    k.store(k.at(out, 4), k.rem(value, divisor));
    GlobalMemory memory = new GlobalMemory();
    long from = memory.allocate(values.array());
    long to = memory.allocate(8 * COUNT);
    new Simulator(memory, false).launch(k.build(), 1, 1, 1, List.of(from, to));
    return ByteBuffer.wrap(memory.content(to)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
