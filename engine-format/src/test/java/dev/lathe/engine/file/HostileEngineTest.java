package dev.lathe.engine.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Files with sound digests and unsound content.
class HostileEngineTest {
  private static final String PLAN = "plan/mixed.json";

  @TempDir Path directory;
  private Path file;
  private ForgedEngine forged;

  @BeforeEach
  void write() throws IOException {
    Path sound = directory.resolve("sound");
    SampleEngine.writer(1).write(SampleEngine.content(), SampleEngine.SOURCE, sound);
    forged = new ForgedEngine(sound);
    file = directory.resolve("forged");
  }

  private void open() {
    EngineReader.open(file, EngineReader.Options.verifying(1)).close();
  }

  private void replace(String entry, String old, String replacement) throws IOException {
    assertThat(entry.equals("manifest.json") ? forged.text("manifest.json") : forged.text(entry))
        .contains(old);
    forged.write(file, entry, text -> text.replace(old, replacement));
  }

  @Test
  void aForgedEngineWithoutChangesOpens() throws IOException {
    forged.write(file, PLAN, text -> text);
    assertThatCode(this::open).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "out": "out"            | "out": "nowhere"          | no buffer or weight nowhere
          "table": "@table"       | "table": "@none"          | no buffer or weight @none
          "ref": "@table"         | "ref": "none"             | no buffer or weight none
          "offset": 256           | "offset": 768             | not inside the arena
          "offset": 256           | "offset": -256            | not inside the arena
          "offset": 256           | "offset": 1               | not inside the arena
          "arenaBytes": 1024      | "arenaBytes": -1          | negative size
          "layer": 0              | "layer": 1                | no part of the KV cache
          "layer": 0              | "layer": -1               | no part of the KV cache
          "kernel": "embedding"   | "kernel": "other"         | no kernel other
          "gridX": "ceil(T/4)"    | "gridX": "T*134217728"    | at most
          "gridY": "1"            | "gridY": "70000"          | at most
          "gridX": "ceil(T/4)"    | "gridX": "T*9223372036854775807" | overflow
          ["T", "8"]              | ["T", "9223372036854775807"]     | overflow
          "name": "mixed"         | "name": "other"           | plan of other
          "name": "keys"          | "name": "out"             | occurs twice
          "name": "keys"          | "name": "@table"          | named as a weight
          "dtype": "i32"          | "dtype": "i64"            | type of its input
          "tokens": 32            | "tokens": -1              | negative size
          "type": "embedding"     | "type": "unknown"         | unknown StepOp
          """)
  void aPlanThatDoesNotHoldIsRefused(String old, String replacement, String problem)
      throws IOException {
    replace(PLAN, old, replacement);
    assertThatThrownBy(this::open)
        .isInstanceOf(CorruptEngineException.class)
        .hasMessageContaining(PLAN + " is damaged")
        .hasMessageContaining(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "offset": 1024      | "offset": 1280                | is not inside
          "offset": 1024      | "offset": 9223372036854775552 | is not inside
          "offset": 1024      | "offset": -256                | is not inside
          "offset": 256       | "offset": 255                 | is not inside
          "bytes": 12         | "bytes": 16                   | in place of 12
          "bytes": 12         | "bytes": 9223372036854775807  | is not inside
          "bytes": 12         | "bytes": -1                   | is not inside
          "shape": [3]        | "shape": [-3]                 | negative dimension
          "shape": [3]        | "shape": [4611686018427387904, 4] | overflows
          "segment": 1        | "segment": 2                  | weights/2.bin is missing
          "name": "odd"       | "name": "table"               | occurs twice
          "threads": 128      | "threads": 0                  | cannot be launched
          "threads": 128      | "threads": 1025               | cannot be launched
          "sharedBytes": 0    | "sharedBytes": -1             | cannot be launched
          "cubin": true       | "cubin": false                | against its word
          "plans": ["mixed"]  | "plans": []                   | no plan
          "plans": ["mixed"]  | "plans": ["mixed", "mixed"]   | occurs twice
          "plans": ["mixed"]  | "plans": ["../x"]             | missing
          "headDim": 4        | "headDim": 0                  | not positive
          "heads": 2          | "heads": 0                    | not positive
          "layers": 1, "heads": 2, "headDim": 4, "tokensPerBlock": 16 | \
          "layers": 2147483647, "heads": 2147483647, "headDim": 2147483647, "tokensPerBlock": 2 | \
          overflow
          "maxTokens": 32     | "maxTokens": -32              | not positive
          "name": "graph.ir"  | "name": "../graph.ir"         | illegal entry name
          "name": "graph.ir"  | "name": "tuning.jsonl"        | listed twice
          "name": "graph.ir"  | "name": "manifest.json"       | lists itself
          "name": "graph.ir"  | "name": "other.ir"            | graph.ir is missing
          "type": "random"    | "type": "anything"            | unknown WeightExpr
          "generator":        | "generators":                 | unknown member
          """)
  void aManifestThatDoesNotHoldIsRefused(String old, String replacement, String problem)
      throws IOException {
    replace("manifest.json", old, replacement);
    assertThatThrownBy(this::open)
        .isInstanceOf(CorruptEngineException.class)
        .hasMessageContaining("manifest.json is damaged")
        .hasMessageContaining(problem);
  }

  @Test
  void otherFormatVersionsAreNamed() throws IOException {
    String version = "\"formatVersion\": 3,";
    forged.write(
        file, "manifest.json", text -> text.replace(version, "\"formatVersion\": 7, \"x\": 1,"));
    assertThatThrownBy(this::open)
        .isInstanceOf(EngineTooNewException.class)
        .hasMessageContaining("format version 7");
    replace("manifest.json", version, "\"formatVersion\": 0,");
    assertThatThrownBy(this::open).isInstanceOf(EngineTooOldException.class);
    replace("manifest.json", version, "");
    assertThatThrownBy(this::open).isInstanceOf(CorruptEngineException.class);
  }

  @Test
  void randomChangesOfJsonAreRefusedOrHarmless() throws IOException {
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      String entry = random.nextBoolean() ? PLAN : "manifest.json";
      forged.write(file, entry, text -> changed(text, random));
      try {
        open();
      } catch (EngineFormatException refused) {
        assertThat(refused.sentence()).isNotEmpty();
      } catch (RuntimeException | Error crash) {
        throw new AssertionError("seed " + seed, crash);
      }
    }
  }

  private static String changed(String text, Random random) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(bytes.length);
      String alphabet = "0123456789-.eE\"[]{},:@TSR*+/()abct \u0000\\";
      bytes[at] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
