package dev.lathe.codegen.ptx.asm;

import dev.lathe.codegen.ptx.isa.B16;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.ptx.isa.Reg;
import java.util.List;
import java.util.stream.Stream;

/// Where instructions go: new registers, and any instruction of the table by name.
public interface Emitter {

  /// Appends an instruction of the table.
  ///
  /// @throws IllegalStateException if the table has none with such operands
  void emit(String mnemonic, Operand... operands);

  /// A new predicate register, not yet written.
  Pred newPred();

  /// A new 16-bit register, not yet written.
  B16 newB16();

  /// A new 32-bit register, not yet written.
  B32 newB32();

  /// A new 64-bit register, not yet written.
  B64 newB64();

  /// A new float register, not yet written.
  F32 newF32();

  /// New 32-bit registers, not yet written.
  default List<B32> newB32s(int count) {
    return Stream.generate(this::newB32).limit(count).toList();
  }

  /// New float registers, not yet written.
  default List<F32> newF32s(int count) {
    return Stream.generate(this::newF32).limit(count).toList();
  }

  /// An instruction whose first operand is a new predicate: the result.
  default Pred pred(String mnemonic, Operand... sources) {
    return emitInto(newPred(), mnemonic, sources);
  }

  /// An instruction whose first operand is a new 16-bit register: the result.
  default B16 b16(String mnemonic, Operand... sources) {
    return emitInto(newB16(), mnemonic, sources);
  }

  /// An instruction whose first operand is a new 32-bit register: the result.
  default B32 b32(String mnemonic, Operand... sources) {
    return emitInto(newB32(), mnemonic, sources);
  }

  /// An instruction whose first operand is a new 64-bit register: the result.
  default B64 b64(String mnemonic, Operand... sources) {
    return emitInto(newB64(), mnemonic, sources);
  }

  /// An instruction whose first operand is a new float register: the result.
  default F32 f32(String mnemonic, Operand... sources) {
    return emitInto(newF32(), mnemonic, sources);
  }

  private <R extends Reg> R emitInto(R result, String mnemonic, Operand... sources) {
    Operand[] operands = new Operand[sources.length + 1];
    operands[0] = result;
    System.arraycopy(sources, 0, operands, 1, sources.length);
    emit(mnemonic, operands);
    return result;
  }
}
