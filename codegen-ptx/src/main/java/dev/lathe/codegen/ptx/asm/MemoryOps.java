package dev.lathe.codegen.ptx.asm;

import static dev.lathe.codegen.ptx.isa.Operand.imm;

import dev.lathe.codegen.ptx.isa.B16;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Operand.Address;
import dev.lathe.codegen.ptx.isa.Operand.Vector;
import java.util.List;

/// Loads, stores and atomics. An address tells its space by its base: 64-bit registers are global
/// addresses, 32-bit registers and the arena's symbol are shared ones.
public interface MemoryOps extends Emitter {

  /// How a global load is cached.
  enum Cache {
    DEFAULT(""),
    /// Data that no thread writes while the kernel runs.
    READ_ONLY(".nc"),
    /// Read-only data that is read once: weights.
    STREAM(".nc.L1::no_allocate"),
    /// [#STREAM], but the assembler moves no such load across a barrier.
    STREAM_IN_ORDER(".L1::no_allocate"),
    /// [#STREAM_IN_ORDER]; L2 fetches all of the 128 bytes around.
    STREAM_IN_ORDER_128B(".L1::no_allocate.L2::128B"),
    /// [#STREAM_IN_ORDER]; L2 fetches all of the 256 bytes around.
    STREAM_IN_ORDER_256B(".L1::no_allocate.L2::256B");

    private final String modifier;

    Cache(String modifier) {
      this.modifier = modifier;
    }
  }

  /// `[base + offset]` in global memory, offset in bytes.
  default Address at(B64 base, int offset) {
    return new Address(base, offset);
  }

  /// `[base]` in global memory.
  default Address at(B64 base) {
    return new Address(base, 0);
  }

  /// `[base + offset]` in shared memory, offset in bytes.
  default Address at(B32 base, int offset) {
    return new Address(base, offset);
  }

  /// `[base]` in shared memory.
  default Address at(B32 base) {
    return new Address(base, 0);
  }

  private static String ld(Address address) {
    return "ld." + space(address);
  }

  private static String st(Address address) {
    return "st." + space(address);
  }

  private static String space(Address address) {
    return address.base() instanceof B64 ? "global" : "shared";
  }

  default B16 loadB16(Address address) {
    return b16(ld(address) + ".b16", address);
  }

  default B32 loadB32(Address address) {
    return b32(ld(address) + ".b32", address);
  }

  default B64 loadB64(Address address) {
    return b64(ld(address) + ".b64", address);
  }

  default F32 loadF32(Address address) {
    return f32(ld(address) + ".f32", address);
  }

  /// `target = [address]`: for loads under a guard, whose target keeps its value elsewhere.
  default void loadTo(B32 target, Address address) {
    emit(ld(address) + ".b32", target, address);
  }

  default void loadTo(F32 target, Address address) {
    emit(ld(address) + ".f32", target, address);
  }

  default void loadTo(B64 target, Address address) {
    emit(ld(address) + ".b64", target, address);
  }

  default void loadTo(B16 target, Address address) {
    emit(ld(address) + ".b16", target, address);
  }

  /// 1, 2 or 4 words at once; the address is aligned to all of them.
  default List<B32> loadWords(Address address, int words) {
    return loadWords(address, words, Cache.DEFAULT);
  }

  /// 1, 2 or 4 words at once; the address is aligned to all of them.
  default List<B32> loadWords(Address address, int words, Cache cache) {
    List<B32> targets = newB32s(words);
    loadWordsTo(targets, address, cache);
    return targets;
  }

  /// [#loadWords] into registers that there are already.
  default void loadWordsTo(List<B32> targets, Address address, Cache cache) {
    String modifier = address.base() instanceof B64 ? cache.modifier : "";
    emit(ld(address) + modifier + vector(targets) + ".b32", operand(targets), address);
  }

  private static String vector(List<? extends Operand> values) {
    return values.size() == 1 ? "" : ".v" + values.size();
  }

  private static Operand operand(List<? extends Operand> values) {
    return values.size() == 1 ? values.getFirst() : new Vector(values);
  }

  default void store(Address address, B16 value) {
    emit(st(address) + ".b16", address, value);
  }

  default void store(Address address, B32 value) {
    emit(st(address) + ".b32", address, value);
  }

  default void store(Address address, B64 value) {
    emit(st(address) + ".b64", address, value);
  }

  default void store(Address address, F32 value) {
    emit(st(address) + ".f32", address, value);
  }

  /// 1, 2 or 4 words at once; the address is aligned to all of them.
  default void storeWords(Address address, List<B32> values) {
    emit(st(address) + vector(values) + ".b32", address, operand(values));
  }

  /// 1, 2 or 4 floats at once; the address is aligned to all of them.
  default void storeFloats(Address address, List<F32> values) {
    emit(st(address) + vector(values) + ".f32", address, operand(values));
  }

  /// 1, 2 or 4 floats at once; the address is aligned to all of them.
  default List<F32> loadFloats(Address address, int count) {
    List<F32> targets = newF32s(count);
    emit(ld(address) + vector(targets) + ".f32", operand(targets), address);
    return targets;
  }

  /// Adds in one step, unsigned; the old value.
  default B32 atomicAdd(Address address, B32 value) {
    return b32("atom." + space(address) + ".add.u32", address, value);
  }

  /// [#atomicAdd] under a guard, where the target keeps its value elsewhere.
  default void atomicAddTo(B32 target, Address address, B32 value) {
    emit("atom." + space(address) + ".add.u32", target, address, value);
  }

  /// Adds in one step, unsigned; nobody wants the old value.
  default void reduceAdd(Address address, B32 value) {
    emit("red." + space(address) + ".add.u32", address, value);
  }

  default void reduceAdd(Address address, int value) {
    emit("red." + space(address) + ".add.u32", address, imm(value));
  }

  default void reduceAdd(Address address, B64 value) {
    emit("red." + space(address) + ".add.u64", address, value);
  }

  default void reduceAdd(Address address, F32 value) {
    emit("red." + space(address) + ".add.f32", address, value);
  }

  /// Greatest of unsigned values, in one step.
  default void reduceMaxU(Address address, B32 value) {
    emit("red." + space(address) + ".max.u32", address, value);
  }

  default void reduceMaxU(Address address, B64 value) {
    emit("red." + space(address) + ".max.u64", address, value);
  }
}
