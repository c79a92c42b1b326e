package dev.lathe.frontend.layout;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonPrimitive;
import dev.lathe.frontend.config.ConfigFields;
import java.util.function.Function;
import java.util.function.Predicate;

/// A field of the Hugging Face layout that follows from others.
///
/// @param name in the Hugging Face layout, or in [dev.lathe.frontend.config.LayoutTraits]
/// @param value by the fields of this layout, with the values that absent ones stand for
record DerivedField(String name, Function<ConfigFields, JsonElement> value) {

  static DerivedField flag(String name, Predicate<ConfigFields> condition) {
    return new DerivedField(name, fields -> new JsonPrimitive(condition.test(fields)));
  }

  static DerivedField number(String name, Function<ConfigFields, ? extends Number> value) {
    return new DerivedField(name, fields -> new JsonPrimitive(value.apply(fields)));
  }

  /// A whole number that is null if it is absent.
  static DerivedField nullable(String name) {
    return new DerivedField(
        name,
        fields ->
            fields
                .integer(name, 0, Integer.MAX_VALUE)
                .<JsonElement>map(JsonPrimitive::new)
                .orElse(JsonNull.INSTANCE));
  }
}
