package dev.lathe.frontend.checkpoint;

import static dev.lathe.frontend.checkpoint.SafetensorsFile.entry;
import static dev.lathe.frontend.checkpoint.SafetensorsFile.safetensors;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Damaged files: each is refused by name, or read with all its tensors inside of it.
class ShardFuzzTest {
  private static final long SEED = 20261122;
  private static final SafetensorsFile WHOLE =
      safetensors(
          "{\"__metadata__\":{\"format\":\"pt\"},"
              + String.join(
                  ",",
                  entry("model.a", "BF16", "[2,3]", 0, 12),
                  entry("model.b", "F32", "[]", 12, 16),
                  entry("model.c", "F4", "[4]", 16, 18),
                  entry("model.d", "I64", "[0,9]", 18, 18))
              + "}  ",
          18);

  @Test
  void everyTruncationIsRefused() {
    byte[] content = WHOLE.content();
    for (int length = 0; length < content.length; length++) {
      assertThat(reads(Arrays.copyOf(content, length))).as("%d bytes", length).isFalse();
    }
  }

  @Test
  void everyFlippedBitIsRefusedOrHarmless() {
    byte[] content = WHOLE.content();
    int read = 0;
    for (int bit = 0; bit < 8 * (content.length - 18); bit++) {
      byte[] damaged = content.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      read += reads(damaged) ? 1 : 0;
    }
    assertThat(read).as("files that are still legal").isBetween(1, 8 * content.length / 2);
  }

  @Test
  void piecesOfJsonInAnyOrderAreRefusedOrHarmless() {
    var random = new Random(SEED);
    String[] pieces = {
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      "\"a\"",
      "\"dtype\"",
      "\"shape\"",
      "\"data_offsets\"",
      "\"U8\"",
      "0",
      "1",
      "-1",
      "9223372036854775807",
      "1e99",
      "null",
      "true",
      "\"__metadata__\"",
      "\\",
      "\"",
      entry("a", "U8", "[1]", 0, 1),
      entry("b", "U8", "[1]", 1, 2),
      " ",
      "\u0000",
      "\ud83d\ude00"
    };
    for (int round = 0; round < 4_000; round++) {
      var header = new StringBuilder("{");
      for (int i = random.nextInt(12); i >= 0; i--) {
        header.append(pieces[random.nextInt(pieces.length)]);
      }
      reads(safetensors(header.toString(), random.nextInt(3)).content());
    }
  }

  /// True if the content is read; false if it is refused. Anything else fails the test.
  private static boolean reads(byte[] content) {
    try {
      Shard shard = new SafetensorsFile(content).read();
      for (TensorEntry tensor : shard.tensors()) {
        assertThat(shard.bytes(tensor).byteSize()).isEqualTo(tensor.bytes());
      }
      return true;
    } catch (CheckpointException e) {
      return false;
    }
  }
}
