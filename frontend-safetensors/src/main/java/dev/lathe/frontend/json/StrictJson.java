package dev.lathe.frontend.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;

/// Reads a small JSON file into a tree.
public final class StrictJson {
  private static final int MAX_DEPTH = 32;
  private static final int MAX_STRING_BYTES = 1 << 20;

  private StrictJson() {}

  /// The object that the text holds. Numbers keep the digits that were written.
  ///
  /// @throws JsonFault if the text is no JSON object, is nested deeper than 32, or repeats a key
  public static JsonObject object(byte[] text) throws JsonFault {
    StrictReader reader =
        StrictReader.open(MemorySegment.ofArray(text), MAX_DEPTH, MAX_STRING_BYTES);
    JsonObject root = object(reader, "the file");
    reader.end();
    return root;
  }

  private static JsonObject object(StrictReader reader, String what) throws JsonFault {
    var result = new JsonObject();
    reader.object(what, key -> result.add(key, element(reader, StrictReader.shown(key))));
    return result;
  }

  private static JsonElement element(StrictReader reader, String what) throws JsonFault {
    return switch (reader.peek()) {
      case BEGIN_OBJECT -> object(reader, what);
      case BEGIN_ARRAY -> array(reader, what);
      case STRING -> new JsonPrimitive(reader.string(what));
      case NUMBER -> new JsonPrimitive(decimal(reader, what));
      case BOOLEAN -> new JsonPrimitive(reader.bool(what));
      case NULL -> {
        reader.skipNull();
        yield JsonNull.INSTANCE;
      }
      case NAME, END_ARRAY, END_OBJECT, END_DOCUMENT ->
          throw new IllegalStateException("no value of " + what);
    };
  }

  private static BigDecimal decimal(StrictReader reader, String what) throws JsonFault {
    String text = reader.number(what);
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException e) {
      throw new JsonFault(JsonFault.Kind.TYPE, what + " has an exponent beyond 32 bits", e);
    }
  }

  private static JsonArray array(StrictReader reader, String what) throws JsonFault {
    var result = new JsonArray();
    reader.array(what, () -> result.add(element(reader, "an element of " + what)));
    return result;
  }
}
