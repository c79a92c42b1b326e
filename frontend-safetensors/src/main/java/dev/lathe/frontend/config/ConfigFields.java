package dev.lathe.frontend.config;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.lathe.frontend.json.JsonFault;
import dev.lathe.frontend.json.StrictJson;
import dev.lathe.frontend.json.StrictReader;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/// The fields of one JSON object, each read with its type and range. A field that is null counts as
/// absent, unless a method says otherwise.
public final class ConfigFields {
  private final String where;
  private final JsonObject fields;
  private final Map<String, List<String>> spellings;

  private ConfigFields(String where, JsonObject fields) {
    this(where, fields, Map.of());
  }

  private ConfigFields(String where, JsonObject fields, Map<String, List<String>> spellings) {
    this.where = where;
    this.fields = fields;
    this.spellings = spellings;
  }

  /// Reads a file.
  ///
  /// @param where names the file in errors
  /// @throws ConfigException if it is no JSON object
  public static ConfigFields parse(String where, byte[] text) {
    try {
      return new ConfigFields(where, StrictJson.object(text));
    } catch (JsonFault e) {
      throw new ConfigException(ConfigError.SYNTAX, where + ": " + e.sentence(), e);
    }
  }

  /// The same fields, some of which are asked for by another name than the file's.
  ///
  /// @param names the file's names by those that are asked for, preferred ones first
  public ConfigFields withNames(Map<String, List<String>> names) {
    return new ConfigFields(where, fields, names);
  }

  /// These fields, overridden by those of an object among them, if it is there.
  public ConfigFields overriddenBy(String name) {
    return object(name)
        .map(inner -> {
          JsonObject merged = fields.deepCopy();
          merged.remove(name);
          inner.fields.asMap().forEach(merged::add);
          return new ConfigFields(where, merged, spellings);
        })
        .orElse(this);
  }

  /// The file's name of a field.
  private String spelling(String name) {
    List<String> known = spellings.getOrDefault(name, List.of(name));
    return known.stream().filter(fields::has).findFirst().orElse(known.getFirst());
  }

  /// Names the file, and the object in it.
  public String where() {
    return where;
  }

  public SortedSet<String> names() {
    return new TreeSet<>(fields.keySet());
  }

  /// True if the field is there, be it null.
  public boolean mentions(String name) {
    return fields.has(spelling(name));
  }

  /// True if the field is there and not null.
  public boolean has(String name) {
    return value(name).isPresent();
  }

  private Optional<JsonElement> value(String name) {
    return Optional.ofNullable(fields.get(spelling(name))).filter(value -> !value.isJsonNull());
  }

  /// A whole number in `[min, max]`.
  public Optional<Integer> integer(String name, int min, int max) {
    return value(name).map(value -> integer(name, value, min, max));
  }

  /// As [#integer(String,int,int)], of a field that must be there.
  public int requiredInteger(String name, int min, int max) {
    return integer(name, min, max).orElseThrow(() -> missing(name));
  }

  /// A whole number or a list of them, each in `[min, max]`; none if it is absent.
  public List<Integer> integers(String name, int min, int max) {
    return list(name, value -> integer(name, value, min, max));
  }

  private int integer(String name, JsonElement value, int min, int max) {
    try {
      long number = number(name, value).longValueExact();
      if (number >= min && number <= max) {
        return (int) number;
      }
    } catch (ArithmeticException e) {
      throw new ConfigException(
          ConfigError.FIELD_TYPE, at(name) + " must be a whole number, but is " + value, e);
    }
    throw new ConfigException(
        ConfigError.FIELD_RANGE,
        at(name) + " must be from " + min + " to " + max + ", but is " + value);
  }

  /// A number in `[min, max]`.
  public Optional<Double> number(String name, double min, double max) {
    return value(name).map(value -> inRange(name, number(name, value).doubleValue(), min, max));
  }

  private double inRange(String name, double found, double min, double max) {
    if (found >= min && found <= max) {
      return found;
    }
    throw new ConfigException(
        ConfigError.FIELD_RANGE,
        at(name) + " must be from " + min + " to " + max + ", but is " + found);
  }

  public double requiredNumber(String name, double min, double max) {
    return number(name, min, max).orElseThrow(() -> missing(name));
  }

  private BigDecimal number(String name, JsonElement value) {
    if (value instanceof JsonPrimitive primitive && primitive.isNumber()) {
      return primitive.getAsBigDecimal();
    }
    throw type(name, "a number", value);
  }

  /// Numbers, each in `[min, max]`; none if the field is absent.
  public List<Double> numbers(String name, double min, double max) {
    return list(name, value -> inRange(name, number(name, value).doubleValue(), min, max));
  }

  public Optional<Boolean> flag(String name) {
    return value(name)
        .map(value -> {
          if (value instanceof JsonPrimitive primitive && primitive.isBoolean()) {
            return primitive.getAsBoolean();
          }
          throw type(name, "true or false", value);
        });
  }

  public Optional<String> text(String name) {
    return value(name).map(value -> text(name, value));
  }

  /// A string or a list of them; none if it is absent.
  public List<String> texts(String name) {
    return list(name, value -> text(name, value));
  }

  private String text(String name, JsonElement value) {
    if (value instanceof JsonPrimitive primitive && primitive.isString()) {
      return primitive.getAsString();
    }
    throw type(name, "a string", value);
  }

  private <T> List<T> list(String name, Function<JsonElement, T> element) {
    List<T> result = new ArrayList<>();
    value(name)
        .ifPresent(value -> {
          if (value instanceof JsonArray array) {
            array.forEach(each -> result.add(element.apply(each)));
          } else {
            result.add(element.apply(value));
          }
        });
    return List.copyOf(result);
  }

  public Optional<ConfigFields> object(String name) {
    return value(name)
        .map(value -> {
          if (value instanceof JsonObject object) {
            return new ConfigFields(at(name), object);
          }
          throw type(name, "an object", value);
        });
  }

  /// The error for a field that must be there.
  public ConfigException missing(String name) {
    return new ConfigException(ConfigError.MISSING_FIELD, at(name) + " is missing");
  }

  /// The error for a value that is not supported.
  ///
  /// @param found what the field holds
  /// @param known what is supported
  public ConfigException unsupported(String name, String found, String known) {
    return new ConfigException(
        ConfigError.UNSUPPORTED,
        at(name) + " " + StrictReader.shown(found) + " is not supported; known: " + known);
  }

  /// How an error names a field: `config.json: rope_scaling: factor`.
  public String at(String name) {
    return where + ": " + spelling(name);
  }

  private ConfigException type(String name, String wanted, JsonElement found) {
    return new ConfigException(
        ConfigError.FIELD_TYPE,
        at(name) + " must be " + wanted + ", but is " + StrictReader.shown(found.toString()));
  }
}
