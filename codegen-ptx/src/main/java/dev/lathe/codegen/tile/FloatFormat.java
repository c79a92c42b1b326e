package dev.lathe.codegen.tile;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.MemoryOps.Cache;
import dev.lathe.codegen.ptx.isa.B16;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Operand.Address;
import dev.lathe.codegen.ptx.isa.Operand.Vector;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.engine.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// How floats lie in memory. Registers hold float32; loads widen exactly, stores round to nearest
/// even.
public enum FloatFormat {
  F32(4),
  F16(2),
  BF16(2);

  private final int bytes;

  FloatFormat(int bytes) {
    this.bytes = bytes;
  }

  /// The format of a dtype that a plan computes in.
  ///
  /// @throws IllegalStateException for other dtypes
  public static FloatFormat of(DType dtype) {
    if (!dtype.isFloat()) {
      throw new IllegalStateException(dtype + " is no format to compute in");
    }
    return valueOf(dtype.name());
  }

  /// Bytes of one element.
  public int bytes() {
    return bytes;
  }

  /// Most elements that one load or store can move: 16 bytes.
  public int maxVector() {
    return 16 / bytes;
  }

  /// Loads `count` neighbours, a power of two up to [#maxVector]; the address is aligned to all.
  public List<F32> load(KernelBuilder k, Address address, int count) {
    return load(k, address, count, Cache.DEFAULT);
  }

  /// Loads `count` neighbours, a power of two up to [#maxVector]; the address is aligned to all.
  public List<F32> load(KernelBuilder k, Address address, int count, Cache cache) {
    if (count * bytes == 2) {
      return List.of(widen(k, k.loadB16(address)));
    }
    return unpack(k, k.loadWords(address, count * bytes / 4, cache));
  }

  /// Begins to [#load] if the predicate holds; zeros otherwise. The floats are made of what was
  /// loaded when they are asked for.
  public Supplier<List<F32>> loadAhead(KernelBuilder k, Address address, int count, Pred wanted) {
    if (count * bytes == 2) {
      B16 value = k.b16("mov.b16", Operand.imm(0));
      k.when(wanted, () -> k.loadTo(value, address));
      return () -> List.of(widen(k, value));
    }
    List<B32> words = new ArrayList<>();
    for (int i = 0; i < count * bytes / 4; i++) {
      words.add(k.constant(0));
    }
    k.when(wanted, () -> k.loadWordsTo(words, address, Cache.DEFAULT));
    return () -> unpack(k, words);
  }

  /// Stores neighbours, rounded; as many as [#load] takes.
  public void store(KernelBuilder k, Address address, List<F32> values) {
    if (this == F32) {
      k.storeFloats(address, values);
    } else if (values.size() == 1) {
      k.store(address, narrow(k, values.getFirst()));
    } else {
      k.storeWords(address, pack(k, values));
    }
  }

  /// The floats in packed words, the low half first.
  public List<F32> unpack(KernelBuilder k, List<B32> words) {
    List<F32> values = new ArrayList<>();
    for (B32 word : words) {
      switch (this) {
        case F32 -> values.add(k.fromBits(word));
        case F16 -> {
          B16 low = k.newB16();
          B16 high = k.newB16();
          k.emit("mov.b32", Vector.of(low, high), word);
          values.add(k.fromHalf(low));
          values.add(k.fromHalf(high));
        }
        case BF16 -> {
          values.add(k.fromBits(k.shl(word, 16)));
          values.add(k.fromBits(k.and(word, 0xFFFF0000)));
        }
      }
    }
    return values;
  }

  /// Rounds and packs floats into words, the first into the low half.
  public List<B32> pack(KernelBuilder k, List<F32> values) {
    List<B32> words = new ArrayList<>();
    for (int i = 0; i < values.size(); i += 4 / bytes) {
      F32 low = values.get(i);
      words.add(
          switch (this) {
            case F32 -> k.bits(low);
            case F16 -> k.toHalves(low, values.get(i + 1));
            case BF16 -> k.toBfloats(low, values.get(i + 1));
          });
    }
    return words;
  }

  /// The value as it is after a store and a load.
  public F32 round(KernelBuilder k, F32 value) {
    return this == F32 ? value : widen(k, narrow(k, value));
  }

  private F32 widen(KernelBuilder k, B16 value) {
    return this == F16 ? k.fromHalf(value) : k.fromBits(k.shl(k.widen(value), 16));
  }

  private B16 narrow(KernelBuilder k, F32 value) {
    return this == F16 ? k.toHalf(value) : k.toBfloat(value);
  }
}
