package dev.lathe.cli.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.runtime.measure.LoadRequest;
import dev.lathe.runtime.text.Tokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A file of requests, one JSON object a line: `output_tokens`, either `prompt` or `input_ids`, and
/// a `task_id` if wanted. Empty lines and other members are skipped.
final class Dataset {
  private static final String TASK = "task_id";
  private static final String PROMPT = "prompt";
  private static final String IDS = "input_ids";
  private static final String OUTPUT = "output_tokens";

  private final Path file;
  private final Manifest manifest;
  private final Optional<Tokenizer> tokenizer;

  /// @param manifest of the engine that shall run the requests
  /// @param tokenizer for prompts that are texts
  Dataset(Path file, Manifest manifest, Optional<Tokenizer> tokenizer) {
    this.file = file;
    this.manifest = manifest;
    this.tokenizer = tokenizer;
  }

  /// The first `most` requests, or all that there are.
  ///
  /// @throws DatasetException if a line is no request that the engine can run, or there is none
  List<LoadRequest> read(int most) throws IOException {
    List<LoadRequest> requests = new ArrayList<>();
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      int number = 1;
      String line = reader.readLine();
      for (; line != null && requests.size() < most; line = reader.readLine()) {
        if (!line.isBlank()) {
          requests.add(request(object(line, number), number));
        }
        number++;
      }
    } catch (MalformedInputException notText) {
      throw DatasetException.ofText(file, notText);
    }
    if (requests.isEmpty()) {
      throw DatasetException.ofFile(file, "has no requests", "");
    }
    return requests;
  }

  private JsonObject object(String line, int number) throws IOException {
    try (JsonReader reader = new JsonReader(new StringReader(line))) {
      reader.setStrictness(Strictness.STRICT);
      JsonElement element = JsonParser.parseReader(reader);
      if (element instanceof JsonObject object && reader.peek() == JsonToken.END_DOCUMENT) {
        return object;
      }
      throw DatasetException.ofLine(file, number, "is no JSON object");
    } catch (JsonParseException | IOException mistake) {
      throw DatasetException.ofLine(file, number, "is no JSON object", mistake);
    }
  }

  private LoadRequest request(JsonObject object, int number) {
    if (object.has(PROMPT) == object.has(IDS)) {
      throw DatasetException.ofField(
          file,
          number,
          object.has(IDS) ? PROMPT : IDS,
          object.has(IDS) ? "is there beside " + IDS : "is missing");
    }
    List<Integer> ids = object.has(IDS) ? ids(object, number) : encoded(object, number);
    int output = output(object, number);
    checkLengths(ids.size(), output, number, object.has(IDS) ? IDS : PROMPT);
    return new LoadRequest(task(object, number), ids, output);
  }

  private String task(JsonObject object, int number) {
    return object.get(TASK) instanceof JsonPrimitive task
        ? task.getAsString()
        : Integer.toString(number - 1);
  }

  private int output(JsonObject object, int number) {
    if (!object.has(OUTPUT)) {
      throw DatasetException.ofField(file, number, OUTPUT, "is missing");
    }
    return integer(object.get(OUTPUT), 1, Integer.MAX_VALUE)
        .orElseThrow(() ->
            DatasetException.ofField(
                file, number, OUTPUT, "is " + object.get(OUTPUT) + ", expected 1 or more"));
  }

  private List<Integer> ids(JsonObject object, int number) {
    JsonElement element = object.get(IDS);
    if (!element.isJsonArray() || element.getAsJsonArray().isEmpty()) {
      throw DatasetException.ofField(file, number, IDS, "is no list of token ids");
    }
    int vocabulary = manifest.model().vocabularySize();
    List<Integer> ids = new ArrayList<>();
    for (JsonElement id : element.getAsJsonArray()) {
      ids.add(
          integer(id, 0, vocabulary - 1)
              .orElseThrow(() ->
                  DatasetException.ofField(
                      file,
                      number,
                      IDS,
                      "has " + id + ", expected ids from 0 to " + (vocabulary - 1))));
    }
    return ids;
  }

  private static Optional<Integer> integer(JsonElement element, int least, int most) {
    if (!(element instanceof JsonPrimitive number) || !number.isNumber()) {
      return Optional.empty();
    }
    try {
      int value = new BigDecimal(number.getAsString()).intValueExact();
      return value >= least && value <= most ? Optional.of(value) : Optional.empty();
    } catch (ArithmeticException | NumberFormatException noInteger) {
      return Optional.empty();
    }
  }

  private List<Integer> encoded(JsonObject object, int number) {
    if (!(object.get(PROMPT) instanceof JsonPrimitive text) || !text.isString()) {
      throw DatasetException.ofField(file, number, PROMPT, "is no text");
    }
    Tokenizer present =
        tokenizer.orElseThrow(() ->
            DatasetException.ofField(
                file, number, PROMPT, "is a text, and the engine has no tokenizer"));
    List<Integer> ids = Arrays.stream(present.encode(text.getAsString())).boxed().toList();
    if (ids.isEmpty()) {
      throw DatasetException.ofField(file, number, PROMPT, "has no tokens");
    }
    return ids;
  }

  private void checkLengths(int input, int output, int number, String field) {
    Manifest.Limits limits = manifest.limits();
    if (input > limits.maxInputLength()) {
      throw DatasetException.ofField(
          file,
          number,
          field,
          "has " + input + " tokens; the engine takes " + limits.maxInputLength());
    }
    if (input > limits.maxSequenceLength() - output) {
      throw DatasetException.ofField(
          file,
          number,
          OUTPUT,
          "is "
              + output
              + " after "
              + input
              + "; the engine takes sequences of "
              + limits.maxSequenceLength());
    }
  }
}
