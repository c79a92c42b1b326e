package dev.lathe.frontend.checkpoint;

import static dev.lathe.frontend.checkpoint.SafetensorsFile.entry;
import static dev.lathe.frontend.checkpoint.SafetensorsFile.safetensors;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.type.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShardTest {
  @Test
  void aFileWithoutTensorsIsLegal() {
    assertThat(safetensors("{}", 0).read().tensors()).isEmpty();
  }

  @Test
  void aHeaderMayBePaddedWithSpaces() {
    Shard shard = safetensors("{" + entry("a", "U8", "[2]", 0, 2) + "}     ", 2).read();
    assertThat(shard.tensors()).extracting(TensorEntry::name).containsExactly("a");
    assertThat(shard.data().byteSize()).isEqualTo(2);
  }

  @Test
  void metadataIsNoTensor() {
    Shard shard = safetensors("{\"__metadata__\":{\"format\":\"pt\",\"b\":\"\"}}", 0).read();
    assertThat(shard.tensors()).isEmpty();
  }

  @Test
  void aScalarHasNoDimensions() {
    TensorEntry scalar =
        safetensors("{" + entry("a", "F64", "[]", 0, 8) + "}", 8).read().tensors().getFirst();
    assertThat(scalar).isEqualTo(new TensorEntry("a", "x.safetensors", DType.F64, List.of(), 0, 8));
  }

  @Test
  void emptyTensorsMayLieAnywhereBetweenOthers() {
    String tensors =
        String.join(
            ",",
            entry("empty.first", "F32", "[0,7]", 0, 0),
            entry("full", "U8", "[3]", 0, 3),
            entry("empty.middle", "F32", "[0]", 3, 3),
            entry("more", "U8", "[1]", 3, 4),
            entry("empty.last", "BF16", "[5,0]", 4, 4));
    Shard shard = safetensors("{" + tensors + "}", 4).read();
    assertThat(shard.tensors()).hasSize(5);
    assertThat(bytes(shard, "empty.middle").byteSize()).isZero();
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void everyTypeOfTheFormatIsRead(DType dtype) {
    // 8 elements are a whole number of bytes for every type.
    int bytes = dtype.bits();
    Shard shard =
        safetensors("{" + entry("a", dtype.name(), "[2,4]", 0, bytes) + "}", bytes).read();
    TensorEntry tensor = shard.tensors().getFirst();
    assertThat(tensor)
        .isEqualTo(new TensorEntry("a", "x.safetensors", dtype, List.of(2L, 4L), 0, bytes));
  }

  @Test
  void tensorsAreDeclaredInAnyOrder() {
    SafetensorsFile file =
        safetensors(
            "{" + entry("b", "U8", "[1]", 1, 2) + "," + entry("a", "U8", "[1]", 0, 1) + "}", 2);
    file.content()[file.content().length - 1] = 42;
    Shard shard = file.read();
    assertThat(bytes(shard, "b").get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 42);
  }

  @Test
  void aHundredThousandTensorsAreReadQuickly() {
    String header =
        IntStream.range(0, 100_000)
            .mapToObj(
                i -> entry("model.layers." + i + ".weight", "BF16", "[2,1]", i * 4L, i * 4L + 4))
            .collect(Collectors.joining(",", "{", "}"));
    SafetensorsFile file = safetensors(header, 400_000);
    long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    assertThat(file.read().tensors()).hasSize(100_000);
    assertThat(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start)
        .as("nanoseconds")
        .isLessThan(3_000_000_000L);
  }

  private static MemorySegment bytes(Shard shard, String tensor) {
    return shard.tensors().stream()
        .filter(entry -> entry.name().equals(tensor))
        .findFirst()
        .map(shard::bytes)
        .orElseThrow();
  }
}
