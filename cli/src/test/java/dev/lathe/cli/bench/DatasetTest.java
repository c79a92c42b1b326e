package dev.lathe.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.runtime.measure.LoadRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetTest {
  private static final String GOOD = "{\"input_ids\": [1, 2], \"output_tokens\": 3}";

  @TempDir private Path folder;

  /// An engine for a vocabulary of 100, prompts of 4 and sequences of 10.
  private static Manifest manifest() {
    return new Manifest(
        Manifest.FORMAT_VERSION,
        "test",
        "cpu",
        new Manifest.Model("Test", DType.F32, 1, 1, 1, 100, 10, Optional.empty(), List.of()),
        new Manifest.Limits(1, 10, 4, 10, false),
        new Manifest.KvCache(1, 1, 1, 16, DType.F32),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  private List<LoadRequest> read(int most, String... lines) throws IOException {
    Path file = folder.resolve("data.jsonl");
    Files.write(file, List.of(lines));
    return new Dataset(file, manifest(), Optional.empty()).read(most);
  }

  @Test
  void aLineIsARequestAndItsPlaceIsItsNameIfItHasNone() throws IOException {
    List<LoadRequest> requests =
        read(
            10,
            GOOD,
            "",
            "{\"task_id\": \"b\", \"input_ids\": [7], \"output_tokens\": 1, \"other\": null}");

    assertThat(requests)
        .containsExactly(
            new LoadRequest("0", List.of(1, 2), 3), new LoadRequest("b", List.of(7), 1));
  }

  @Test
  void linesThatAreNotWantedAreNotRead() throws IOException {
    assertThat(read(1, GOOD, "nonsense")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "nonsense                                  | line 2 is no JSON object",
        "[1]                                       | line 2 is no JSON object",
        "{\"input_ids\":                           | line 2 is no JSON object",
        "{\"input_ids\": [1]} {}                   | line 2 is no JSON object",
        "{\"output_tokens\": 3}                    | line 2: field input_ids is missing",
        "{\"input_ids\": [1]}                      | line 2: field output_tokens is missing",
        "{\"input_ids\": [1], \"output_tokens\": 0}   | line 2: field output_tokens is 0",
        "{\"input_ids\": [1], \"output_tokens\": 1.5} | line 2: field output_tokens is 1.5",
        "{\"input_ids\": [1], \"output_tokens\": \"3\"} | line 2: field output_tokens is \"3\"",
        "{\"input_ids\": [1], \"output_tokens\": 1e99} | field output_tokens is 1e99",
        "{\"input_ids\": 5, \"output_tokens\": 3}     | line 2: field input_ids is no list",
        "{\"input_ids\": [], \"output_tokens\": 3}    | line 2: field input_ids is no list",
        "{\"input_ids\": [-1], \"output_tokens\": 3}  | line 2: field input_ids has -1",
        "{\"input_ids\": [100], \"output_tokens\": 3} | has 100, expected ids from 0 to 99",
        "{\"input_ids\": [1,2,3,4,5], \"output_tokens\": 3} | has 5 tokens; the engine takes 4",
        "{\"input_ids\": [1], \"output_tokens\": 10}  | the engine takes sequences of 10",
        "{\"prompt\": 3, \"output_tokens\": 3}        | line 2: field prompt is no text",
        "{\"prompt\": \"a\", \"output_tokens\": 3}    | the engine has no tokenizer",
        "{\"prompt\": \"a\", \"input_ids\": [1]}      | field prompt is there beside input_ids",
      })
  void aLineThatIsNoRequestIsNamedWithItsField(String line, String problem) {
    assertThatThrownBy(() -> read(10, GOOD, line))
        .isInstanceOfSatisfying(
            DatasetException.class,
            error -> {
              assertThat(error.exitCode()).isEqualTo(ExitCode.USAGE);
              assertThat(error.sentence()).contains("data.jsonl, line 2").contains(problem);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n"})
  void aFileWithoutRequestsIsRefused(String content) {
    assertThatThrownBy(() -> read(10, content)).hasMessageContaining("has no requests");
  }

  @Test
  void aFileThatIsNoTextIsRefused() throws IOException {
    Path file = folder.resolve("image");
    Files.write(file, "\u00e9\u00e8".getBytes(StandardCharsets.ISO_8859_1));

    assertThatThrownBy(() -> new Dataset(file, manifest(), Optional.empty()).read(1))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("no text");
  }
}
