package dev.lathe.cli.build;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.lathe.cli.option.Spelling;
import dev.lathe.cli.option.UsageError;
import dev.lathe.engine.json.ParserMessage;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// The file of `--build_config`: a JSON object whose keys are options without their dashes. Its
/// members become arguments, except those that the command line has already.
final class BuildConfigFile {
  private final Path path;

  BuildConfigFile(Path path) {
    this.path = path;
  }

  /// Arguments that stand for the members of the file.
  ///
  /// @param given what the command line says; it wins
  /// @throws UsageError for a file that is no such object, or a key that is no option
  List<String> arguments(ParseResult given) throws IOException {
    List<String> arguments = new ArrayList<>();
    for (Map.Entry<String, JsonElement> member : object().entrySet()) {
      OptionSpec option = option(member.getKey(), given.commandSpec());
      if (!given.hasMatchedOption(option)) {
        add(arguments, option, member.getValue());
      }
    }
    return arguments;
  }

  private JsonObject object() throws IOException {
    try (Reader reader = Files.newBufferedReader(path)) {
      if (JsonParser.parseReader(reader) instanceof JsonObject object) {
        return object;
      }
      throw new UsageError("--build_config " + path + " is JSON, but no object", "");
    } catch (JsonParseException mistake) {
      throw new UsageError(
          "--build_config " + path + " is no JSON: " + ParserMessage.of(mistake), "");
    }
  }

  private OptionSpec option(String key, CommandSpec command) {
    OptionSpec option = command.findOption("--" + key.replace('-', '_'));
    if (option == null || key.equals("build_config")) {
      throw new UsageError(
          "--build_config " + path + " has the key '" + key + "', which is no option",
          Spelling.nearestOption("--" + key, command)
              .map(near -> "did you mean '" + near.substring(2) + "'?")
              .orElse(""));
    }
    return option;
  }

  private void add(List<String> arguments, OptionSpec option, JsonElement value) {
    String name = option.names()[0];
    if (value.isJsonNull()) {
      return;
    }
    if (!(value instanceof JsonPrimitive primitive)) {
      // Nested settings exist for options that have no meaning here; those take any value.
      arguments.add(name);
      return;
    }
    if (!primitive.isBoolean()) {
      arguments.add(name + "=" + primitive.getAsString());
    } else if (primitive.getAsBoolean()) {
      arguments.add(name);
    }
  }
}
