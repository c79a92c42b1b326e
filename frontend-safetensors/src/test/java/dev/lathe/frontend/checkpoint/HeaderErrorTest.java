package dev.lathe.frontend.checkpoint;

import static dev.lathe.frontend.checkpoint.CheckpointError.DUPLICATE_FIELD;
import static dev.lathe.frontend.checkpoint.CheckpointError.DUPLICATE_TENSOR;
import static dev.lathe.frontend.checkpoint.CheckpointError.FILE_TOO_SHORT;
import static dev.lathe.frontend.checkpoint.CheckpointError.HEADER_ENCODING;
import static dev.lathe.frontend.checkpoint.CheckpointError.HEADER_LIMIT;
import static dev.lathe.frontend.checkpoint.CheckpointError.HEADER_PAST_END;
import static dev.lathe.frontend.checkpoint.CheckpointError.HEADER_START;
import static dev.lathe.frontend.checkpoint.CheckpointError.HEADER_SYNTAX;
import static dev.lathe.frontend.checkpoint.CheckpointError.HEADER_TOO_LARGE;
import static dev.lathe.frontend.checkpoint.CheckpointError.HEADER_TOO_SMALL;
import static dev.lathe.frontend.checkpoint.CheckpointError.HEADER_TYPE;
import static dev.lathe.frontend.checkpoint.CheckpointError.HOLE;
import static dev.lathe.frontend.checkpoint.CheckpointError.METADATA_TYPE;
import static dev.lathe.frontend.checkpoint.CheckpointError.MISSING_FIELD;
import static dev.lathe.frontend.checkpoint.CheckpointError.OFFSETS;
import static dev.lathe.frontend.checkpoint.CheckpointError.OVERLAP;
import static dev.lathe.frontend.checkpoint.CheckpointError.SHAPE;
import static dev.lathe.frontend.checkpoint.CheckpointError.SHAPE_OVERFLOW;
import static dev.lathe.frontend.checkpoint.CheckpointError.SUB_BYTE;
import static dev.lathe.frontend.checkpoint.CheckpointError.TENSOR_NAME;
import static dev.lathe.frontend.checkpoint.CheckpointError.TENSOR_PAST_END;
import static dev.lathe.frontend.checkpoint.CheckpointError.TENSOR_SIZE;
import static dev.lathe.frontend.checkpoint.CheckpointError.TRAILING_BYTES;
import static dev.lathe.frontend.checkpoint.CheckpointError.UNKNOWN_DTYPE;
import static dev.lathe.frontend.checkpoint.CheckpointError.UNKNOWN_FIELD;
import static dev.lathe.frontend.checkpoint.SafetensorsFile.entry;
import static dev.lathe.frontend.checkpoint.SafetensorsFile.raw;
import static dev.lathe.frontend.checkpoint.SafetensorsFile.safetensors;
import static dev.lathe.frontend.checkpoint.SafetensorsFile.single;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lathe.engine.error.ExitCode;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// One test for each thing that a header can get wrong.
class HeaderErrorTest {
  private static final long LIMIT_NANOS = Duration.ofMillis(50).toNanos();
  private static final int ATTEMPTS = 10;

  @BeforeAll
  static void loadClasses() {
    safetensors("{}", 0).read();
    refusal(single("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]", 8));
  }

  @Test
  void aFileWithoutALengthIsRefused() {
    assertRefused(new SafetensorsFile(new byte[7]), FILE_TOO_SHORT);
    assertRefused(new SafetensorsFile(new byte[0]), FILE_TOO_SHORT);
  }

  @Test
  void anEmptyHeaderIsRefused() {
    assertRefused(raw(0, new byte[0], 0), HEADER_TOO_SMALL);
    assertRefused(raw(1, new byte[] {'{'}, 0), HEADER_TOO_SMALL);
  }

  @Test
  void aHeaderBeyondTheLimitIsRefused() {
    assertRefused(raw(100_000_001, new byte[8], 0), HEADER_TOO_LARGE);
    assertRefused(raw(-1, new byte[8], 0), HEADER_TOO_LARGE);
    assertRefused(raw(Long.MIN_VALUE, new byte[8], 0), HEADER_TOO_LARGE);
  }

  @Test
  void aHeaderBeyondTheFileIsRefused() {
    assertRefused(raw(100_000_000, new byte[8], 0), HEADER_PAST_END);
    assertRefused(raw(9, new byte[8], 0), HEADER_PAST_END);
  }

  @Test
  void aHeaderThatBeginsOtherwiseIsRefused() {
    assertRefused(safetensors("[]", 0), HEADER_START);
    assertRefused(safetensors(" {}", 0), HEADER_START);
  }

  @Test
  void bytesThatAreNoTextAreRefused() {
    byte[] header = "{\"?\":1}".getBytes(StandardCharsets.UTF_8);
    header[2] = (byte) 0xFF;
    assertRefused(raw(header.length, header, 0), HEADER_ENCODING);
  }

  @Test
  void halfASurrogatePairIsRefused() {
    assertRefused(safetensors("{\"\\ud800\":{}}", 0), HEADER_SYNTAX);
    assertRefused(safetensors("{\"\\udc00\\ud800\":{}}", 0), HEADER_SYNTAX);
  }

  @Test
  void brokenJsonIsRefused() {
    assertRefused(safetensors("{\"a\":", 0), HEADER_SYNTAX);
    assertRefused(safetensors("{}x", 0), HEADER_SYNTAX);
    assertRefused(safetensors("{}\0", 0), HEADER_SYNTAX);
    assertRefused(safetensors("{'a':{}}", 0), HEADER_SYNTAX);
    assertRefused(safetensors("{/* */}", 0), HEADER_SYNTAX);
  }

  @Test
  void deepNestingIsRefused() {
    String deep = "[".repeat(100_000);
    assertRefused(safetensors("{\"a\":{\"dtype\":" + deep, 0), HEADER_TYPE);
    assertRefused(safetensors("{\"a\":{\"shape\":[" + deep, 0), SHAPE);
  }

  @Test
  void aHugeStringIsRefusedBeforeItIsCollected() {
    assertRefused(safetensors("{\"" + "a".repeat(2_000_000) + "\":{}}", 0), HEADER_LIMIT);
  }

  @Test
  void aTensorDeclaredTwiceIsRefused() {
    String a = entry("a", "U8", "[1]", 0, 1);
    String again = entry("\\u0061", "U8", "[1]", 1, 2);
    assertRefused(safetensors("{" + a + "," + again + "}", 2), DUPLICATE_TENSOR, "'a'");
  }

  @Test
  void aFieldThatOccursTwiceIsRefused() {
    assertRefused(
        single("\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]", 1),
        DUPLICATE_FIELD,
        "'a'");
    assertRefused(safetensors("{\"__metadata__\":{},\"__metadata__\":{}}", 0), DUPLICATE_FIELD);
  }

  @Test
  void aMissingFieldIsRefused() {
    assertRefused(single("\"shape\":[1],\"data_offsets\":[0,1]", 1), MISSING_FIELD, "dtype");
    assertRefused(single("\"dtype\":\"U8\",\"data_offsets\":[0,1]", 1), MISSING_FIELD, "shape");
    assertRefused(single("\"dtype\":\"U8\",\"shape\":[1]", 1), MISSING_FIELD, "data_offsets");
  }

  @Test
  void anUnknownFieldIsRefused() {
    assertRefused(single("\"strides\":[1]", 0), UNKNOWN_FIELD, "'strides'");
  }

  @Test
  void aTensorThatIsNoObjectIsRefused() {
    assertRefused(safetensors("{\"a\":null}", 0), HEADER_TYPE, "'a'");
  }

  @Test
  void anUnknownDtypeIsRefused() {
    assertRefused(
        safetensors("{" + entry("a", "Q4_0", "[1]", 0, 1) + "}", 1), UNKNOWN_DTYPE, "'Q4_0'");
    assertRefused(
        safetensors("{" + entry("a", "bf16", "[1]", 0, 2) + "}", 2), UNKNOWN_DTYPE, "'bf16'");
  }

  @Test
  void aShapeOfOtherThanCountsIsRefused() {
    assertRefused(safetensors("{" + entry("a", "U8", "[-1]", 0, 1) + "}", 1), SHAPE, "'-1'");
    assertRefused(safetensors("{" + entry("a", "U8", "[1.0]", 0, 1) + "}", 1), SHAPE, "'1.0'");
    assertRefused(safetensors("{" + entry("a", "U8", "[1e0]", 0, 1) + "}", 1), SHAPE);
    assertRefused(safetensors("{" + entry("a", "U8", "[\"1\"]", 0, 1) + "}", 1), SHAPE);
    assertRefused(
        safetensors("{" + entry("a", "U8", "[9223372036854775808]", 0, 1) + "}", 1), SHAPE);
    assertRefused(safetensors("{" + entry("a", "U8", "1", 0, 1) + "}", 1), SHAPE);
    String many = "[" + "1,".repeat(40) + "1]";
    assertRefused(safetensors("{" + entry("a", "U8", many, 0, 1) + "}", 1), SHAPE);
  }

  @Test
  void aShapeBeyond64BitsIsRefused() {
    String wraps = "[4294967296,4294967296]";
    assertRefused(safetensors("{" + entry("a", "U8", wraps, 0, 0) + "}", 0), SHAPE_OVERFLOW, "'a'");
    String bits = "[1152921504606846976]";
    assertRefused(safetensors("{" + entry("a", "F64", bits, 0, 0) + "}", 0), SHAPE_OVERFLOW);
    String zeroLater = "[4294967296,4294967296,0]";
    assertRefused(safetensors("{" + entry("a", "U8", zeroLater, 0, 0) + "}", 0), SHAPE_OVERFLOW);
  }

  @Test
  void offsetsOtherThanBeginAndEndAreRefused() {
    assertRefused(safetensors("{" + entry("a", "U8", "[1]", 1, 0) + "}", 1), OFFSETS, "'a'");
    String start = "\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":";
    assertRefused(single(start + "[-1,0]", 1), OFFSETS);
    assertRefused(single(start + "[0]", 1), OFFSETS);
    assertRefused(single(start + "[0,1,1]", 1), OFFSETS);
    assertRefused(single(start + "[0,18446744073709551616]", 1), OFFSETS);
  }

  @Test
  void aTensorOfAFractionOfAByteIsRefused() {
    assertRefused(safetensors("{" + entry("a", "F4", "[3]", 0, 2) + "}", 2), SUB_BYTE, "12 bits");
    assertRefused(safetensors("{" + entry("a", "F6_E2M3", "[2]", 0, 2) + "}", 2), SUB_BYTE);
  }

  @Test
  void aSizeThatDiffersFromTheShapeIsRefused() {
    assertRefused(
        safetensors("{" + entry("a", "F32", "[2]", 0, 4) + "}", 4), TENSOR_SIZE, "8 bytes");
    assertRefused(safetensors("{" + entry("a", "F32", "[]", 0, 0) + "}", 0), TENSOR_SIZE);
  }

  @Test
  void aTensorBeyondTheFileIsRefused() {
    assertRefused(
        safetensors("{" + entry("a", "U8", "[9]", 0, 9) + "}", 8), TENSOR_PAST_END, "'a'");
  }

  @Test
  void aHoleIsRefused() {
    String late = entry("b", "U8", "[1]", 2, 3);
    assertRefused(
        safetensors("{" + entry("a", "U8", "[1]", 0, 1) + "," + late + "}", 3), HOLE, "'b'");
    assertRefused(safetensors("{" + late + "}", 3), HOLE, "'b'");
  }

  @Test
  void anOverlapIsRefused() {
    String a = entry("a", "U8", "[2]", 0, 2);
    assertRefused(
        safetensors("{" + a + "," + entry("b", "U8", "[2]", 1, 3) + "}", 3), OVERLAP, "'b'");
    assertRefused(
        safetensors("{" + a + "," + entry("b", "U8", "[2]", 0, 2) + "}", 2), OVERLAP, "'b'");
    assertRefused(safetensors("{" + a + "," + entry("b", "U8", "[0]", 1, 1) + "}", 2), OVERLAP);
  }

  @Test
  void bytesAfterTheLastTensorAreRefused() {
    assertRefused(safetensors("{" + entry("a", "U8", "[1]", 0, 1) + "}", 2), TRAILING_BYTES, "'a'");
    assertRefused(safetensors("{}", 1), TRAILING_BYTES);
  }

  @Test
  void metadataOfOtherThanStringsIsRefused() {
    assertRefused(safetensors("{\"__metadata__\":{\"format\":1}}", 0), METADATA_TYPE, "format");
    assertRefused(safetensors("{\"__metadata__\":[]}", 0), METADATA_TYPE);
    assertRefused(safetensors("{\"__metadata__\":{\"a\":{\"b\":\"c\"}}}", 0), METADATA_TYPE);
  }

  @Test
  void aNameUnfitForATerminalIsRefused() {
    assertRefused(safetensors("{" + entry("", "U8", "[0]", 0, 0) + "}", 0), TENSOR_NAME);
    assertRefused(safetensors("{" + entry("a\\u0000", "U8", "[0]", 0, 0) + "}", 0), TENSOR_NAME);
    assertRefused(
        safetensors("{" + entry("a\\u001b[2J", "U8", "[0]", 0, 0) + "}", 0),
        TENSOR_NAME,
        "\\u001b");
    assertRefused(
        safetensors("{" + entry("a".repeat(5000), "U8", "[0]", 0, 0) + "}", 0), TENSOR_NAME);
  }

  private static CheckpointException refusal(SafetensorsFile file) {
    return catchThrowableOfType(CheckpointException.class, file::read);
  }

  private static void assertRefused(
      SafetensorsFile file, CheckpointError error, String... fragments) {
    CheckpointException refusal = refusal(file);
    assertThat(refusal).as("refusal as %s", error).isNotNull();
    assertThat(refusal.error()).as(refusal.sentence()).isEqualTo(error);
    assertThat(refusal.exitCode()).isEqualTo(ExitCode.BAD_MODEL);
    assertThat(refusal.sentence()).startsWith("x.safetensors");
    for (String fragment : fragments) {
      assertThat(refusal.sentence()).contains(fragment);
    }
    assertThat(refusal.sentence().length()).isLessThan(500);
    assertThat(leastNanos(file)).as("nanoseconds").isLessThan(LIMIT_NANOS);
  }

  /// The quickest of a few refusals, in CPU time of this thread: neither other work on the machine
  /// nor code that was not compiled yet counts.
  private static long leastNanos(SafetensorsFile file) {
    long least = Long.MAX_VALUE;
    for (int attempt = 0; attempt < ATTEMPTS && least >= LIMIT_NANOS; attempt++) {
      long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      refusal(file);
      least =
          Math.min(least, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start);
    }
    return least;
  }
}
