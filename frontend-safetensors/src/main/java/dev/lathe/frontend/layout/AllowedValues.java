package dev.lathe.frontend.layout;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.lathe.frontend.config.ConfigFields;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Fields that may have certain values only: importers know no other. Absent fields and fields that
/// are null are none of its business.
///
/// @param values of each field
record AllowedValues(Map<String, List<JsonPrimitive>> values) {
  /// No restriction.
  static final AllowedValues ALL = new AllowedValues(Map.of());

  AllowedValues {
    values = Map.copyOf(values);
  }

  AllowedValues with(String field, boolean value) {
    return with(field, List.of(new JsonPrimitive(value)));
  }

  AllowedValues with(String field, int value) {
    return with(field, List.of(new JsonPrimitive(value)));
  }

  AllowedValues with(String field, String... any) {
    return with(field, Arrays.stream(any).map(JsonPrimitive::new).toList());
  }

  private AllowedValues with(String field, List<JsonPrimitive> any) {
    Map<String, List<JsonPrimitive>> more = new HashMap<>(values);
    more.put(field, any);
    return new AllowedValues(more);
  }

  /// Without a restriction of these fields.
  AllowedValues without(String... fields) {
    Map<String, List<JsonPrimitive>> fewer = new HashMap<>(values);
    fewer.keySet().removeAll(List.of(fields));
    return new AllowedValues(fewer);
  }

  /// @param json the same fields
  /// @throws dev.lathe.frontend.config.ConfigException if a field has another value
  void check(ConfigFields fields, JsonObject json) {
    values.forEach((name, allowed) -> {
      JsonElement found = json.get(name);
      if (fields.has(name) && !allowed.contains(found)) {
        throw fields.unsupported(
            name,
            found.toString(),
            allowed.stream().map(JsonPrimitive::toString).collect(Collectors.joining(", ")));
      }
    });
  }
}
