package dev.lathe.ir.text;

import dev.lathe.engine.type.DType;
import dev.lathe.ir.TensorType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Attributes and weight expressions as text. A record is its name and the contents of its
/// components: `heads(32, 8, 128)`, `cast(tensor("w"), bf16)`.
public final class LiteralPrinter {
  private LiteralPrinter() {}

  /// The text of a number, truth value, name, list, map or record of those.
  ///
  /// @throws IllegalStateException for anything else
  public static String print(Object content) {
    return switch (content) {
      case String text -> quote(text);
      case Number number -> number.toString();
      case Boolean truth -> truth.toString();
      case DType dtype -> dtype.text();
      case Enum<?> constant -> constant.name().toLowerCase(Locale.ROOT);
      case TensorType type -> type.text();
      case List<?> list -> printAll(list, "[", "]");
      case Map<?, ?> map -> printMap(map);
      case Record record -> printRecord(record);
      case Object other -> throw new IllegalStateException("no text form for " + other.getClass());
    };
  }

  private static String printAll(List<?> contents, String open, String close) {
    return contents.stream()
        .map(LiteralPrinter::print)
        .collect(Collectors.joining(", ", open, close));
  }

  private static String printMap(Map<?, ?> map) {
    return map.entrySet().stream()
        .map(entry -> print(entry.getKey()) + " = " + print(entry.getValue()))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String printRecord(Record record) {
    List<Object> contents =
        Arrays.stream(record.getClass().getRecordComponents())
            .map(component -> content(record, component))
            .toList();
    return Names.snake(record.getClass().getSimpleName()) + printAll(contents, "(", ")");
  }

  private static Object content(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }

  private static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
