package dev.lathe.engine.json;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Components and constructor of a record class, and its tag if it belongs to a sealed interface.
///
/// @param types generic types of the components: reflection makes them anew at each question
/// @param tag the value of the member `"type"`; empty for a record of no sealed interface
record RecordShape(
    Class<?> type,
    Optional<String> tag,
    List<RecordComponent> components,
    List<Type> types,
    Constructor<?> constructor) {

  static final String TAG = "type";

  static RecordShape of(Class<?> type) {
    List<RecordComponent> components = List.of(type.getRecordComponents());
    if (components.stream().anyMatch(component -> component.getName().equals(TAG))) {
      throw new IllegalStateException(type + " has a component that is named as the tag");
    }
    try {
      Constructor<?> constructor =
          type.getDeclaredConstructor(
              components.stream().map(RecordComponent::getType).toArray(Class<?>[]::new));
      boolean tagged = Arrays.stream(type.getInterfaces()).anyMatch(Class::isSealed);
      return new RecordShape(
          type,
          tagged ? Optional.of(tag(type)) : Optional.empty(),
          components,
          components.stream().map(RecordComponent::getGenericType).toList(),
          constructor);
    } catch (NoSuchMethodException impossible) {
      throw new IllegalStateException(type + " has no canonical constructor", impossible);
    }
  }

  /// The records of a sealed interface, in the order of their names.
  static List<Class<?>> leaves(Class<?> sealed) {
    return Arrays.stream(sealed.getPermittedSubclasses())
        .<Class<?>>flatMap(
            type -> type.isInterface() ? leaves(type).stream() : Stream.<Class<?>>of(type))
        .sorted(Comparator.comparing(Class::getSimpleName))
        .toList();
  }

  /// The tag of a record class: its simple name with a small first letter.
  static String tag(Class<?> type) {
    String name = type.getSimpleName();
    return Character.toLowerCase(name.charAt(0)) + name.substring(1);
  }

  /// Position of the component of this name, or -1.
  int indexOf(String component) {
    for (int i = 0; i < components.size(); i++) {
      if (components.get(i).getName().equals(component)) {
        return i;
      }
    }
    return -1;
  }

  Object get(Object value, RecordComponent component) {
    try {
      return component.getAccessor().invoke(value);
    } catch (IllegalAccessException | InvocationTargetException problem) {
      throw new IllegalStateException("cannot read " + component + " of " + type, problem);
    }
  }

  /// A record with these components.
  ///
  /// @throws IllegalArgumentException if the record's own constructor refuses them
  Object create(@Nullable Object[] arguments) {
    try {
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException refused) {
      Throwable cause = refused.getCause();
      throw new IllegalArgumentException(cause == null ? "refused" : cause.getMessage(), refused);
    } catch (InstantiationException | IllegalAccessException problem) {
      throw new IllegalStateException("cannot create " + type, problem);
    }
  }
}
