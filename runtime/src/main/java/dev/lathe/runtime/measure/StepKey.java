package dev.lathe.runtime.measure;

import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.WeightEntry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A text that equal steps have in common: the op with the types and shapes of its operands instead
/// of their names, and the kernels. Derived from the records, so that a new op needs no line here.
final class StepKey {
  private final Map<String, WeightEntry> weights = new HashMap<>();
  private final Map<String, Buffer> buffers = new HashMap<>();

  StepKey(Manifest manifest, Plan plan) {
    manifest.weights().forEach(weight -> weights.put(weight.name(), weight));
    plan.buffers().forEach(buffer -> buffers.put(buffer.name(), buffer));
  }

  String of(Step step) {
    String launches =
        step.launches().stream()
            .map(launch -> launch.kernel() + grid(launch))
            .collect(Collectors.joining(" "));
    return text(step.op()) + " " + launches;
  }

  private static String grid(Launch launch) {
    return Stream.of(launch.gridX(), launch.gridY(), launch.gridZ())
        .map(SizeExpr::text)
        .collect(Collectors.joining(",", "[", "]"));
  }

  private String text(Object value) {
    return switch (value) {
      case Ref ref -> operand(ref);
      case Optional<?> optional -> optional.map(this::text).orElse("-");
      case List<?> list -> list.stream().map(this::text).collect(Collectors.joining(",", "[", "]"));
      case Record record ->
          Stream.of(record.getClass().getRecordComponents())
              .map(component -> text(component(record, component)))
              .collect(Collectors.joining(" ", record.getClass().getSimpleName() + "(", ")"));
      default -> value.toString();
    };
  }

  private String operand(Ref ref) {
    if (ref.isWeight()) {
      WeightEntry weight = weights.get(ref.weightName());
      return weight == null ? ref.name() : "@" + weight.dtype() + weight.shape();
    }
    Buffer buffer = buffers.get(ref.name());
    if (buffer == null) {
      return ref.name();
    }
    String shape = buffer.shape().stream().map(SizeExpr::text).collect(Collectors.joining(","));
    return buffer.dtype() + "(" + shape + ")";
  }

  private static Object component(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (IllegalAccessException | InvocationTargetException problem) {
      throw new IllegalStateException("cannot read " + component, problem);
    }
  }
}
