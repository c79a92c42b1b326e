package dev.lathe.codegen.ptx.isa;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// An operand of an instruction.
public sealed interface Operand
    permits Reg,
        Operand.IntImmediate,
        Operand.FloatImmediate,
        Operand.Special,
        Operand.Symbol,
        Operand.Address,
        Operand.TensorAddress,
        Operand.Vector,
        Operand.Pair,
        Operand.Sink {

  /// The operand as PTX text.
  String text();

  /// An integer constant; for types of 32 bits or less its low bits count.
  record IntImmediate(long value) implements Operand {
    @Override
    public String text() {
      return Long.toString(value);
    }
  }

  /// A float32 constant, printed as its bits, so that nothing is lost.
  record FloatImmediate(float value) implements Operand {
    @Override
    public String text() {
      return String.format(Locale.ROOT, "0f%08X", Float.floatToRawIntBits(value));
    }
  }

  /// A read-only register of the machine: `%tid.x`.
  record Special(String name) implements Operand {
    @Override
    public String text() {
      return "%" + name;
    }
  }

  /// The address of a declared variable: shared memory, or a parameter.
  record Symbol(String name) implements Operand {
    @Override
    public String text() {
      return name;
    }
  }

  /// `[base + offset]`, offset in bytes; base is a register or a symbol.
  record Address(Operand base, int offset) implements Operand {
    @Override
    public String text() {
      return "[" + base.text() + (offset == 0 ? "" : (offset > 0 ? "+" : "") + offset) + "]";
    }
  }

  /// `[map, {c0, c1, ..}]`: a tensor map and coordinates, the innermost first.
  record TensorAddress(B64 map, List<B32> coordinates) implements Operand {
    public TensorAddress {
      coordinates = List.copyOf(coordinates);
    }

    @Override
    public String text() {
      return "[" + map.text() + ", " + new Vector(coordinates).text() + "]";
    }
  }

  /// `{a, b, ..}`: registers that one instruction reads or writes together.
  record Vector(List<? extends Operand> elements) implements Operand {
    public Vector {
      elements = List.copyOf(elements);
    }

    public static Vector of(Operand... elements) {
      return new Vector(List.of(elements));
    }

    @Override
    public String text() {
      return elements.stream().map(Operand::text).collect(Collectors.joining(", ", "{", "}"));
    }
  }

  /// `register|predicate`: two results of one instruction.
  record Pair(B32 register, Pred predicate) implements Operand {
    @Override
    public String text() {
      return register.text() + "|" + predicate.text();
    }
  }

  /// `_`: a result that nobody wants.
  record Sink() implements Operand {
    @Override
    public String text() {
      return "_";
    }
  }

  static Operand imm(long value) {
    return new IntImmediate(value);
  }

  static Operand imm(float value) {
    return new FloatImmediate(value);
  }
}
