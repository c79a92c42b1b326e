package dev.lathe.engine.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes records as JSON text and reads them back; the package documentation has the rules. Types
/// outside these rules are bugs: [IllegalStateException]. Safe for use by many threads.
public final class RecordCodec {
  private final Map<Class<?>, TextType<?>> textTypes = new ConcurrentHashMap<>();
  private final Map<Class<?>, RecordShape> shapes = new ConcurrentHashMap<>();
  private final Map<Class<?>, Map<String, RecordShape>> families = new ConcurrentHashMap<>();

  /// @param textTypes types that are written as strings
  public RecordCodec(List<TextType<?>> textTypes) {
    textTypes.forEach(type -> this.textTypes.put(type.type(), type));
  }

  /// The text of a record, ending with a line feed.
  public String print(Record value) {
    return JsonLayout.print(toJson(value));
  }

  /// The text of a record on one line, without a line feed: for files of one record a line.
  public String printLine(Record value) {
    return toJson(value).toString();
  }

  /// The record or sealed type that a text states.
  ///
  /// @throws RecordFormatException if the text states no such value
  public <T> T read(String text, Class<T> type) {
    return type.cast(new RecordReader(this, text).read(type));
  }

  JsonElement toJson(Object value) {
    TextType<?> textType = textType(value);
    if (textType != null) {
      return new JsonPrimitive(textType.printValue(value));
    }
    return switch (value) {
      case Record record -> object(record);
      case String text -> new JsonPrimitive(text);
      case Enum<?> constant -> new JsonPrimitive(constantText(constant));
      case Boolean flag -> new JsonPrimitive(flag);
      case Float number when !Float.isFinite(number) -> new JsonPrimitive(number.toString());
      case Double number when !Double.isFinite(number) -> new JsonPrimitive(number.toString());
      case Number number -> new JsonPrimitive(number);
      case List<?> items -> array(items);
      case Map<?, ?> map -> object(map);
      default -> throw new IllegalStateException(value.getClass() + " has no JSON form");
    };
  }

  private JsonObject object(Record record) {
    RecordShape shape = shape(record.getClass());
    JsonObject object = new JsonObject();
    shape.tag().ifPresent(tag -> object.addProperty(RecordShape.TAG, tag));
    for (RecordComponent component : shape.components()) {
      Object value = shape.get(record, component);
      if (value instanceof Optional<?> optional) {
        optional.ifPresent(present -> object.add(component.getName(), toJson(present)));
      } else {
        object.add(component.getName(), toJson(value));
      }
    }
    return object;
  }

  private JsonArray array(List<?> items) {
    JsonArray array = new JsonArray(items.size());
    items.forEach(item -> array.add(toJson(item)));
    return array;
  }

  private JsonObject object(Map<?, ?> map) {
    TreeMap<String, JsonElement> sorted = new TreeMap<>();
    map.forEach((key, value) -> sorted.put((String) key, toJson(value)));
    JsonObject object = new JsonObject();
    sorted.forEach(object::add);
    return object;
  }

  /// How a value of this class, or of an interface that it implements, is written as text; else
  /// null.
  private @Nullable TextType<?> textType(Object value) {
    TextType<?> own = textTypes.get(value.getClass());
    if (own != null) {
      return own;
    }
    for (Class<?> type : value.getClass().getInterfaces()) {
      TextType<?> inherited = textTypes.get(type);
      if (inherited != null) {
        return inherited;
      }
    }
    return null;
  }

  Optional<TextType<?>> textType(Class<?> type) {
    return Optional.ofNullable(textTypes.get(type));
  }

  RecordShape shape(Class<?> type) {
    return shapes.computeIfAbsent(type, RecordShape::of);
  }

  /// The records of a sealed interface, by tag.
  Map<String, RecordShape> leaves(Class<?> sealed) {
    return families.computeIfAbsent(
        sealed,
        family ->
            RecordShape.leaves(family).stream()
                .collect(Collectors.toMap(RecordShape::tag, RecordShape::of)));
  }

  static String constantText(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /// The argument of a generic type: `Ref` of `List<Ref>`.
  static Type argument(Type type, int index) {
    if (type instanceof ParameterizedType generic) {
      return generic.getActualTypeArguments()[index];
    }
    throw new IllegalStateException(type + " lacks a type argument");
  }
}
