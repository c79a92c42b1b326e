package dev.lathe.engine.json;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reads one text into records. The types decide what is expected next, so that a text cannot make
/// the reader build anything else, and nesting is bounded by gson (255 levels).
final class RecordReader {
  private final RecordCodec codec;
  private final JsonReader json;

  RecordReader(RecordCodec codec, String text) {
    this.codec = codec;
    this.json = new JsonReader(new StringReader(text));
    json.setStrictness(Strictness.STRICT);
  }

  Object read(Class<?> type) {
    try {
      Object value = value(type);
      if (json.peek() != JsonToken.END_DOCUMENT) {
        throw problem("text after the end");
      }
      return value;
    } catch (IOException | IllegalStateException | IllegalArgumentException malformed) {
      throw new RecordFormatException(json.getPath(), ParserMessage.of(malformed), malformed);
    }
  }

  private Object value(Type type) throws IOException {
    if (type instanceof ParameterizedType generic) {
      return generic.getRawType() == Map.class ? map(generic) : list(generic);
    }
    if (!(type instanceof Class<?> plain)) {
      throw new IllegalStateException(type + " has no JSON form");
    }
    Optional<TextType<?>> text = codec.textType(plain);
    if (text.isPresent()) {
      return parsed(text.get());
    }
    if (plain.isRecord()) {
      return record(codec.shape(plain));
    }
    if (plain.isSealed()) {
      return leaf(plain);
    }
    return plain.isEnum() ? constant(plain) : scalar(plain);
  }

  private Object scalar(Class<?> type) throws IOException {
    if (type == String.class) {
      return string();
    }
    if (type == boolean.class || type == Boolean.class) {
      return json.nextBoolean();
    }
    if (type == int.class || type == Integer.class) {
      return Integer.parseInt(number());
    }
    if (type == long.class || type == Long.class) {
      return Long.parseLong(number());
    }
    if (type == float.class || type == Float.class) {
      return floating(Float::parseFloat, value -> Float.isInfinite(value));
    }
    if (type == double.class || type == Double.class) {
      return floating(Double::parseDouble, value -> Double.isInfinite(value));
    }
    throw new IllegalStateException(type + " has no JSON form");
  }

  private String string() throws IOException {
    if (json.peek() != JsonToken.STRING) {
      throw problem("expected a string, found " + found());
    }
    return json.nextString();
  }

  private String number() throws IOException {
    if (json.peek() != JsonToken.NUMBER) {
      throw problem("expected a number, found " + found());
    }
    return json.nextString();
  }

  private <T> T floating(Function<String, T> parse, Predicate<T> isInfinite) throws IOException {
    if (json.peek() != JsonToken.STRING) {
      String text = number();
      T value = parse.apply(text);
      if (isInfinite.test(value)) {
        throw problem("number " + text + " is out of range");
      }
      return value;
    }
    String text = json.nextString();
    return switch (text) {
      case "NaN", "Infinity", "-Infinity" -> parse.apply(text);
      default -> throw problem("expected a number, found '" + text + "'");
    };
  }

  private Object parsed(TextType<?> type) throws IOException {
    String path = json.getPath();
    String text = string();
    try {
      return type.parse().apply(text);
    } catch (IllegalArgumentException refused) {
      throw new RecordFormatException(path, String.valueOf(refused.getMessage()), refused);
    }
  }

  private Object constant(Class<?> type) throws IOException {
    String path = json.getPath();
    String text = string();
    for (Object constant : type.getEnumConstants()) {
      if (constant instanceof Enum<?> named && RecordCodec.constantText(named).equals(text)) {
        return constant;
      }
    }
    throw new RecordFormatException(path, "unknown " + type.getSimpleName() + " '" + text + "'");
  }

  private List<Object> list(ParameterizedType type) throws IOException {
    if (type.getRawType() != List.class) {
      throw new IllegalStateException(type + " has no JSON form");
    }
    List<Object> items = new ArrayList<>();
    json.beginArray();
    while (json.hasNext()) {
      items.add(value(RecordCodec.argument(type, 0)));
    }
    json.endArray();
    return items;
  }

  private Map<String, Object> map(ParameterizedType type) throws IOException {
    Map<String, Object> map = new LinkedHashMap<>();
    json.beginObject();
    while (json.hasNext()) {
      String key = json.nextName();
      if (map.put(key, value(RecordCodec.argument(type, 1))) != null) {
        throw problem("member '" + key + "' occurs twice");
      }
    }
    json.endObject();
    return map;
  }

  private Object record(RecordShape shape) throws IOException {
    json.beginObject();
    shape.tag().ifPresent(this::requireTag);
    return members(shape);
  }

  private void requireTag(String expected) {
    try {
      String found = tag();
      if (!found.equals(expected)) {
        throw problem("expected type '" + expected + "', found '" + found + "'");
      }
    } catch (IOException malformed) {
      throw new RecordFormatException(json.getPath(), ParserMessage.of(malformed), malformed);
    }
  }

  private Object leaf(Class<?> sealed) throws IOException {
    json.beginObject();
    String tag = tag();
    RecordShape shape = codec.leaves(sealed).get(tag);
    if (shape != null) {
      return members(shape);
    }
    throw problem("unknown " + sealed.getSimpleName() + " '" + tag + "'");
  }

  private String tag() throws IOException {
    if (!json.hasNext() || !json.nextName().equals(RecordShape.TAG)) {
      throw problem("the first member is not \"" + RecordShape.TAG + "\"");
    }
    return string();
  }

  /// Members up to the closing brace, as a record.
  private Object members(RecordShape shape) throws IOException {
    @Nullable Object[] values = new Object[shape.components().size()];
    String path = json.getPath();
    while (json.hasNext()) {
      String name = json.nextName();
      int index = shape.indexOf(name);
      if (index < 0) {
        throw problem("unknown member of " + shape.type().getSimpleName());
      }
      if (values[index] != null) {
        throw problem("occurs twice");
      }
      values[index] = component(shape.types().get(index));
    }
    json.endObject();
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i] == null ? absent(shape, i, path) : values[i];
    }
    try {
      return shape.create(values);
    } catch (IllegalArgumentException refused) {
      throw new RecordFormatException(path, String.valueOf(refused.getMessage()), refused);
    }
  }

  private Object component(Type type) throws IOException {
    return type instanceof ParameterizedType generic && generic.getRawType() == Optional.class
        ? Optional.of(value(RecordCodec.argument(type, 0)))
        : value(type);
  }

  private static Object absent(RecordShape shape, int index, String path) {
    var component = shape.components().get(index);
    if (component.getType() == Optional.class) {
      return Optional.empty();
    }
    throw new RecordFormatException(
        path, shape.type().getSimpleName() + " lacks '" + component.getName() + "'");
  }

  private String found() throws IOException {
    return json.peek().name();
  }

  private RecordFormatException problem(String sentence) {
    return new RecordFormatException(json.getPath(), sentence);
  }
}
