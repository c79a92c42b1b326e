package dev.lathe.engine.json;

import java.util.function.Function;

/// A type that is written as one string.
///
/// @param print a text that `parse` turns into an equal value
/// @param parse throws [IllegalArgumentException] for a text that states no value
public record TextType<T>(Class<T> type, Function<T, String> print, Function<String, T> parse) {

  String printValue(Object value) {
    return print.apply(type.cast(value));
  }
}
