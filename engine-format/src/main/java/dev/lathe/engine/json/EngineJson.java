package dev.lathe.engine.json;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.SizeExprParser;
import dev.lathe.engine.v1.Ref;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.OptionalInt;

/// JSON of the records of [dev.lathe.engine.v1] and of weight expressions.
public final class EngineJson {
  private EngineJson() {}

  /// A codec that writes sizes (`T*4096`) and operands (`@layers.0.q`) as strings.
  public static RecordCodec codec() {
    return new RecordCodec(
        List.of(
            new TextType<>(SizeExpr.class, SizeExpr::text, SizeExprParser::parse),
            new TextType<>(Ref.class, Ref::name, Ref::new)));
  }

  /// The format version that a manifest states in its first member; empty where the text does not
  /// begin so. Reads manifests of any version.
  public static OptionalInt formatVersion(String manifest) {
    try (JsonReader reader = new JsonReader(new StringReader(manifest))) {
      reader.beginObject();
      if (reader.hasNext()
          && reader.nextName().equals("formatVersion")
          && reader.peek() == JsonToken.NUMBER) {
        return OptionalInt.of(reader.nextInt());
      }
      return OptionalInt.empty();
    } catch (IOException | IllegalStateException | NumberFormatException noVersion) {
      return OptionalInt.empty();
    }
  }
}
