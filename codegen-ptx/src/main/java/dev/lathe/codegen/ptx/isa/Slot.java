package dev.lathe.codegen.ptx.isa;

import dev.lathe.codegen.ptx.isa.Operand.Address;
import dev.lathe.codegen.ptx.isa.Operand.FloatImmediate;
import dev.lathe.codegen.ptx.isa.Operand.IntImmediate;
import dev.lathe.codegen.ptx.isa.Operand.Pair;
import dev.lathe.codegen.ptx.isa.Operand.Sink;
import dev.lathe.codegen.ptx.isa.Operand.Special;
import dev.lathe.codegen.ptx.isa.Operand.Symbol;
import dev.lathe.codegen.ptx.isa.Operand.TensorAddress;
import dev.lathe.codegen.ptx.isa.Operand.Vector;
import java.util.Optional;

/// One operand position of an instruction.
///
/// @param count elements of a vector operand in braces; 0 for a plain operand
public record Slot(Kind kind, PtxType type, int count) {

  /// What may stand in a slot, and what the instruction does to it.
  public enum Kind {
    /// `d`: a register that is written, or `_`.
    WRITE,
    /// `s`: a register, constant, symbol or special register that is read.
    READ,
    /// `r`: a register that is read; no constants.
    READ_REGISTER,
    /// `x`: a register that is read and written.
    UPDATE,
    /// `i`: an integer constant.
    CONSTANT,
    /// `[g]`: an address in a 64-bit register.
    GLOBAL,
    /// `[s]`: an address in a 32-bit register, or a shared symbol.
    SHARED,
    /// `[p]`: a parameter.
    PARAMETER,
    /// `[t]`: tensor map and coordinates.
    TENSOR,
    /// `dp`: a register and a predicate that are written together.
    WRITE_PAIR,
    /// `_`: a result that there must not be.
    SINK
  }

  /// Reads a slot: kind, then `:type` where it is not the form's own, then `*count` or `*V` for the
  /// vector width in the mnemonic.
  static Slot parse(String text, Optional<PtxType> formType, int vectorWidth) {
    String rest = text;
    int count = 0;
    int star = rest.indexOf('*');
    if (star >= 0) {
      String number = rest.substring(star + 1);
      count = number.equals("V") ? vectorWidth : Integer.parseInt(number);
      rest = rest.substring(0, star);
    }
    int colon = rest.indexOf(':');
    PtxType type =
        colon >= 0 ? PtxType.parse(rest.substring(colon + 1)) : formType.orElse(PtxType.B32);
    return new Slot(kind(colon >= 0 ? rest.substring(0, colon) : rest), type, count);
  }

  private static Kind kind(String code) {
    return switch (code) {
      case "d" -> Kind.WRITE;
      case "s" -> Kind.READ;
      case "r" -> Kind.READ_REGISTER;
      case "x" -> Kind.UPDATE;
      case "i" -> Kind.CONSTANT;
      case "[g]" -> Kind.GLOBAL;
      case "[s]" -> Kind.SHARED;
      case "[p]" -> Kind.PARAMETER;
      case "[t]" -> Kind.TENSOR;
      case "_" -> Kind.SINK;
      case "dp" -> Kind.WRITE_PAIR;
      default -> throw new IllegalStateException("unknown operand code '" + code + "'");
    };
  }

  /// True if the operand may stand here.
  boolean accepts(Operand operand) {
    if (count > 0) {
      return operand instanceof Vector(var elements)
          && elements.size() == count
          && elements.stream().allMatch(this::acceptsOne);
    }
    return acceptsOne(operand);
  }

  private boolean acceptsOne(Operand operand) {
    return switch (operand) {
      case Reg register -> readsOrWritesRegister() && type.accepts(register);
      case IntImmediate _ -> kind == Kind.CONSTANT || (kind == Kind.READ && type != PtxType.F32);
      case FloatImmediate _ -> kind == Kind.READ && type == PtxType.F32;
      case Special _, Symbol _ -> kind == Kind.READ;
      case Address(Operand base, _) -> acceptsBase(base);
      case TensorAddress _ -> kind == Kind.TENSOR;
      case Pair _ -> kind == Kind.WRITE_PAIR;
      case Sink _ -> kind == Kind.WRITE || kind == Kind.SINK;
      case Vector _ -> false;
    };
  }

  private boolean readsOrWritesRegister() {
    return kind == Kind.WRITE
        || kind == Kind.READ
        || kind == Kind.READ_REGISTER
        || kind == Kind.UPDATE;
  }

  private boolean acceptsBase(Operand base) {
    return switch (kind) {
      case GLOBAL -> base instanceof B64;
      case SHARED -> base instanceof B32 || base instanceof Symbol;
      case PARAMETER -> base instanceof Symbol;
      case WRITE, READ, READ_REGISTER, UPDATE, CONSTANT, TENSOR, WRITE_PAIR, SINK -> false;
    };
  }

  /// The slot in the notation of the table, for messages.
  @Override
  public String toString() {
    return kind + ":" + type.text() + (count > 0 ? "*" + count : "");
  }
}
