package dev.lathe.ir;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What follows from the record of an op by itself: its operands, its attributes, copies of it.
public final class OpSchema {
  private final String mnemonic;
  private final Class<? extends Op> op;
  private final List<Field> fields;
  private final Constructor<? extends Op> constructor;

  OpSchema(String mnemonic, Class<? extends Op> op) {
    this.mnemonic = mnemonic;
    this.op = op;
    RecordComponent[] components = op.getRecordComponents();
    this.fields = Arrays.stream(components).map(Field::of).toList();
    try {
      this.constructor =
          op.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(op + " has no canonical constructor", e);
    }
  }

  /// How a component of the record takes part in the op.
  public enum Role {
    OPERAND,
    OPTIONAL_OPERAND,
    OPERAND_LIST,
    ATTRIBUTE
  }

  /// One component of the record.
  public record Field(Role role, RecordComponent component) {
    static Field of(RecordComponent component) {
      return new Field(role(component), component);
    }

    private static Role role(RecordComponent component) {
      if (component.getType() == Value.class) {
        return Role.OPERAND;
      }
      if (component.getType() == Optional.class && isOfValues(component.getGenericType())) {
        return Role.OPTIONAL_OPERAND;
      }
      if (component.getType() == List.class && isOfValues(component.getGenericType())) {
        return Role.OPERAND_LIST;
      }
      return Role.ATTRIBUTE;
    }

    private static boolean isOfValues(Type type) {
      return type instanceof ParameterizedType generic
          && generic.getActualTypeArguments()[0] == Value.class;
    }

    public String name() {
      return component.getName();
    }

    /// The attribute's content, as text, where the text form does not have it.
    public Optional<String> defaultText() {
      return Optional.ofNullable(component.getAnnotation(Default.class)).map(Default::value);
    }

    /// What `op` has in this component.
    public Object get(Op op) {
      try {
        return component.getAccessor().invoke(op);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("cannot read " + component, e);
      }
    }

    private List<Value> values(Op op) {
      Object content = get(op);
      return switch (role) {
        case OPERAND -> List.of((Value) content);
        case OPTIONAL_OPERAND ->
            ((Optional<?>) content).map(Value.class::cast).map(List::of).orElse(List.of());
        case OPERAND_LIST -> ((List<?>) content).stream().map(Value.class::cast).toList();
        case ATTRIBUTE -> List.of();
      };
    }

    private Object map(Op op, UnaryOperator<Value> replacement) {
      Object content = get(op);
      return switch (role) {
        case OPERAND -> replacement.apply((Value) content);
        case OPTIONAL_OPERAND -> ((Optional<?>) content).map(Value.class::cast).map(replacement);
        case OPERAND_LIST ->
            ((List<?>) content).stream().map(Value.class::cast).map(replacement).toList();
        case ATTRIBUTE -> content;
      };
    }
  }

  /// Name in the text form.
  public String mnemonic() {
    return mnemonic;
  }

  public Class<? extends Op> op() {
    return op;
  }

  /// Components in the order of the record.
  public List<Field> fields() {
    return fields;
  }

  List<Value> operands(Op instance) {
    List<Value> operands = new ArrayList<>();
    fields.forEach(field -> operands.addAll(field.values(instance)));
    return operands;
  }

  Op mapOperands(Op instance, UnaryOperator<Value> replacement) {
    return create(fields.stream().map(field -> field.map(instance, replacement)).toArray());
  }

  /// An op from the contents of all its components, in order.
  public Op create(Object[] contents) {
    try {
      return constructor.newInstance(contents);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(mnemonic + ": " + e.getTargetException().getMessage(), e);
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      throw new IllegalStateException("cannot create " + mnemonic, e);
    }
  }
}
