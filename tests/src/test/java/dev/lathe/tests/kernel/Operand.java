package dev.lathe.tests.kernel;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Buffer.KvPart;
import dev.lathe.runtime.cpu.FloatTensor;
import dev.lathe.runtime.cpu.HostTensor;
import dev.lathe.runtime.cpu.IntTensor;
import dev.lathe.runtime.cpu.KvTensor;
import dev.lathe.runtime.cpu.LongTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Contents of an operand before the step, for the GPU and for the CPU.
sealed interface Operand {

  DType dtype();

  /// Bytes on the GPU.
  long bytes();

  /// Writes what the GPU gets.
  void write(MemorySegment image, long offset);

  /// What the CPU gets: a new tensor at each call.
  HostTensor tensor();

  /// Distance of the operand's first byte from the address that a kernel is given: 0, but for a
  /// cache of which only the last blocks exist.
  default long bytesBefore() {
    return 0;
  }

  /// A matrix of values that the dtype can hold; `unwritten` ones are no numbers yet on the GPU.
  record Floats(DType dtype, int rows, int columns, float[] data, boolean unwritten)
      implements Operand {

    static Floats result(DType dtype, int rows, int columns) {
      return new Floats(dtype, rows, columns, new float[rows * columns], true);
    }

    @Override
    public long bytes() {
      return (long) rows * columns * dtype.bytes();
    }

    @Override
    public void write(MemorySegment image, long offset) {
      if (!unwritten) {
        Elements.write(image, offset, dtype, data);
      }
    }

    @Override
    public HostTensor tensor() {
      return new FloatTensor(dtype, rows, columns, data.clone());
    }
  }

  /// Integers. They differ where block numbers or entries that must not be used do.
  record Ints(int rows, int columns, int[] gpu, int[] cpu) implements Operand {

    static Ints vector(int... data) {
      return new Ints(data.length, 1, data, data);
    }

    @Override
    public DType dtype() {
      return DType.I32;
    }

    @Override
    public long bytes() {
      return 4L * gpu.length;
    }

    @Override
    public void write(MemorySegment image, long offset) {
      MemorySegment.copy(gpu, 0, image, ValueLayout.JAVA_INT, offset, gpu.length);
    }

    @Override
    public HostTensor tensor() {
      return new IntTensor(rows, columns, cpu.clone());
    }
  }

  /// Seeds.
  record Longs(long[] data) implements Operand {
    @Override
    public DType dtype() {
      return DType.I64;
    }

    @Override
    public long bytes() {
      return 8L * data.length;
    }

    @Override
    public void write(MemorySegment image, long offset) {
      MemorySegment.copy(data, 0, image, ValueLayout.JAVA_LONG, offset, data.length);
    }

    @Override
    public HostTensor tensor() {
      return new LongTensor(data.clone());
    }
  }

  /// Keys or values `(blocks, heads, tokensPerBlock, headDim)`. On the GPU the first of them has
  /// the number `firstBlock`: so addresses beyond 4 GB are had without as much memory.
  record Cache(KvPart part, DType dtype, CacheShape shape, float[] gpu, float[] cpu)
      implements Operand {

    @Override
    public long bytes() {
      return (long) gpu.length * dtype.bytes();
    }

    @Override
    public void write(MemorySegment image, long offset) {
      Elements.write(image, offset, dtype, gpu);
    }

    @Override
    public HostTensor tensor() {
      KvTensor tensor =
          new KvTensor(
              part, dtype, shape.blocks(), shape.heads(), shape.tokensPerBlock(), shape.headDim());
      tensor.fill(cpu);
      return tensor;
    }

    @Override
    public long bytesBefore() {
      return (long) shape.firstBlock() * shape.blockElements() * dtype.bytes();
    }
  }

  /// Shape of a cache, and the number of its first block on the GPU.
  record CacheShape(int blocks, int heads, int tokensPerBlock, int headDim, int firstBlock) {

    /// Elements of one block.
    int blockElements() {
      return heads * tokensPerBlock * headDim;
    }

    int elements() {
      return Math.multiplyExact(blocks, blockElements());
    }
  }
}
