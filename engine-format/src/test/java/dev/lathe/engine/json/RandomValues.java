package dev.lathe.engine.json;

import dev.lathe.engine.v1.Ref;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Random values of records, by their components; depth is bounded.
final class RandomValues {
  private static final List<String> TEXTS =
      List.of("", "q", "layers.0.q", "a\"b\\c\n", "ü€\uD83D\uDE00");

  private final Random random;

  RandomValues(long seed) {
    this.random = new Random(seed);
  }

  /// A random value; a record that refuses its components is tried again.
  Object value(Type type, int depth) {
    if (type instanceof ParameterizedType generic) {
      return generic(generic, depth);
    }
    Class<?> plain = (Class<?>) type;
    if (plain == Ref.class) {
      return random.nextBoolean() ? Ref.weight("w" + random.nextInt(9)) : Ref.buffer("b");
    }
    if (plain.isRecord()) {
      return record(plain, depth);
    }
    if (plain.isSealed()) {
      return record(leaf(plain, depth), depth);
    }
    return plain.isEnum()
        ? plain.getEnumConstants()[random.nextInt(plain.getEnumConstants().length)]
        : scalar(plain);
  }

  private Object generic(ParameterizedType type, int depth) {
    int count = depth > 4 ? 0 : random.nextInt(3);
    if (type.getRawType() == Map.class) {
      Map<String, Object> map = new HashMap<>();
      IntStream.range(0, count)
          .forEach(i -> map.put("k" + random.nextInt(), value(RecordCodec.argument(type, 1), 9)));
      return map;
    }
    if (type.getRawType() == Optional.class) {
      return count == 0
          ? Optional.empty()
          : Optional.of(value(RecordCodec.argument(type, 0), depth + 1));
    }
    return IntStream.range(0, count)
        .mapToObj(i -> value(RecordCodec.argument(type, 0), depth + 1))
        .toList();
  }

  /// Deep down, a record that holds no other value of the sealed type.
  private Class<?> leaf(Class<?> sealed, int depth) {
    List<Class<?>> leaves =
        RecordShape.leaves(sealed).stream()
            .filter(leaf -> depth < 4 || !holds(leaf, sealed))
            .toList();
    return leaves.get(random.nextInt(leaves.size()));
  }

  private static boolean holds(Class<?> leaf, Class<?> type) {
    for (RecordComponent component : leaf.getRecordComponents()) {
      if (component.getType() == type) {
        return true;
      }
    }
    return false;
  }

  private Object record(Class<?> type, int depth) {
    RecordShape shape = RecordShape.of(type);
    for (int attempt = 0; attempt < 1000; attempt++) {
      @Nullable Object[] arguments =
          shape.components().stream()
              .map(component -> value(component.getGenericType(), depth + 1))
              .toArray();
      try {
        return shape.create(arguments);
      } catch (IllegalArgumentException refused) {
        continue;
      }
    }
    throw new IllegalStateException("no values found for " + type);
  }

  private Object scalar(Class<?> type) {
    if (type == String.class) {
      return TEXTS.get(random.nextInt(TEXTS.size()));
    }
    if (type == boolean.class) {
      return random.nextBoolean();
    }
    if (type == int.class || type == Integer.class) {
      return random.nextBoolean() ? random.nextInt(10) : random.nextInt();
    }
    if (type == long.class || type == Long.class) {
      return random.nextBoolean() ? random.nextInt(10) : random.nextLong();
    }
    if (type == float.class) {
      return Float.intBitsToFloat(random.nextInt());
    }
    if (type == double.class || type == Double.class) {
      return Double.longBitsToDouble(random.nextLong());
    }
    throw new IllegalStateException("no random " + type);
  }
}
