package dev.lathe.engine.v1;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What a step reads and writes: every [Ref] among the components of its op, also inside options,
/// lists and nested records. Derived from the record, so that a new op needs no line here.
public final class Operands {
  private Operands() {}

  /// In the order of the op's components; what is read and written in place may occur twice.
  public static List<Ref> of(StepOp op) {
    return in(op).toList();
  }

  private static Stream<Ref> in(Object value) {
    return switch (value) {
      case Ref ref -> Stream.of(ref);
      case Optional<?> optional -> optional.stream().flatMap(Operands::in);
      case List<?> list -> list.stream().flatMap(Operands::in);
      case Record record ->
          Stream.of(record.getClass().getRecordComponents())
              .flatMap(component -> in(component(record, component)));
      default -> Stream.empty();
    };
  }

  private static Object component(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (IllegalAccessException | InvocationTargetException problem) {
      throw new IllegalStateException("cannot read " + component, problem);
    }
  }
}
