package dev.lathe.ir.text;

import dev.lathe.engine.type.DType;
import dev.lathe.ir.TensorType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads what [LiteralPrinter] wrote, guided by the Java type that is wanted.
public final class LiteralParser {
  private final Scanner scanner;

  LiteralParser(Scanner scanner) {
    this.scanner = scanner;
  }

  /// The content of a text that is one literal of a type, for example a weight expression.
  ///
  /// @throws IrSyntaxException if it is not
  public static <T> T parse(String text, Class<T> type) {
    Scanner scanner = new Scanner(text);
    Object content = new LiteralParser(scanner).parse(type);
    if (!scanner.atEnd()) {
      throw scanner.error("expected the end of the text");
    }
    return type.cast(content);
  }

  Object parse(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      return generic.getRawType() == Map.class
          ? map(arguments[0], arguments[1])
          : list(arguments[0]);
    }
    if (type == TensorType.class) {
      return TensorType.parse(scanner.through(">"));
    }
    if (type == String.class) {
      return scanner.quoted();
    }
    return structured((Class<?>) type);
  }

  private Object structured(Class<?> type) {
    if (type.isSealed() && type.isInterface()) {
      return record(permitted(type, scanner.word()));
    }
    if (type.isRecord()) {
      return record(permitted(type, scanner.word()));
    }
    int line = scanner.line();
    String word = scanner.word();
    try {
      return type.isEnum() ? constant(type, word) : scalar(type, word);
    } catch (IllegalArgumentException e) {
      throw new IrSyntaxException(line, e);
    }
  }

  private static Object constant(Class<?> type, String word) {
    if (type == DType.class) {
      return DType.parse(word);
    }
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> LiteralPrinter.print(constant).equals(word))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException("unknown " + type.getSimpleName() + " '" + word + "'"));
  }

  private static Object scalar(Class<?> type, String word) {
    return switch (type.getName()) {
      case "int" -> Integer.parseInt(word);
      case "long", "java.lang.Long" -> Long.parseLong(word);
      case "float" -> Float.parseFloat(word);
      case "double", "java.lang.Double" -> Double.parseDouble(word);
      case "boolean" -> truth(word);
      default -> throw new IllegalStateException("no text form for " + type);
    };
  }

  private static boolean truth(String word) {
    if (!word.equals("true") && !word.equals("false")) {
      throw new IllegalArgumentException("'" + word + "' is neither true nor false");
    }
    return word.equals("true");
  }

  private List<Object> list(Type element) {
    List<Object> contents = new ArrayList<>();
    scanner.expect("[");
    while (!scanner.accept("]")) {
      if (!contents.isEmpty()) {
        scanner.expect(",");
      }
      contents.add(parse(element));
    }
    return contents;
  }

  private Map<Object, Object> map(Type key, Type value) {
    Map<Object, Object> contents = new LinkedHashMap<>();
    scanner.expect("{");
    while (!scanner.accept("}")) {
      if (!contents.isEmpty()) {
        scanner.expect(",");
      }
      Object name = parse(key);
      scanner.expect("=");
      contents.put(name, parse(value));
    }
    return contents;
  }

  private Class<?> permitted(Class<?> type, String name) {
    Class<?>[] candidates = type.isRecord() ? new Class<?>[] {type} : type.getPermittedSubclasses();
    return Arrays.stream(candidates)
        .filter(candidate -> Names.snake(candidate.getSimpleName()).equals(name))
        .findFirst()
        .orElseThrow(() ->
            scanner.error("unknown " + Names.snake(type.getSimpleName()) + " '" + name + "'"));
  }

  private Object record(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    List<Object> contents = new ArrayList<>();
    int line = scanner.line();
    scanner.expect("(");
    for (RecordComponent component : components) {
      if (!contents.isEmpty()) {
        scanner.expect(",");
      }
      contents.add(parse(component.getGenericType()));
    }
    scanner.expect(")");
    return create(type, components, contents, line);
  }

  private static Object create(
      Class<?> type, RecordComponent[] components, List<Object> contents, int line) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types).newInstance(contents.toArray());
    } catch (InvocationTargetException e) {
      throw new IrSyntaxException(line, e.getTargetException());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot create " + type, e);
    }
  }
}
