package dev.lathe.engine.file;

import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The operands of a step: every [Ref] among the components of its op, also inside options, lists
/// and nested records. Derived from the record, so that a new op needs no line here.
final class Operands {
  private Operands() {}

  static List<Ref> of(StepOp op) {
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
