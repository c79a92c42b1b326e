package dev.lathe.runtime.cuda;

import static org.bytedeco.cuda.global.cudart.CU_JIT_ERROR_LOG_BUFFER;
import static org.bytedeco.cuda.global.cudart.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES;
import static org.bytedeco.cuda.global.cudart.CU_JIT_INFO_LOG_BUFFER;
import static org.bytedeco.cuda.global.cudart.CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES;
import static org.bytedeco.cuda.global.cudart.cuModuleGetFunction;
import static org.bytedeco.cuda.global.cudart.cuModuleLoadDataEx;
import static org.bytedeco.cuda.global.cudart.cuModuleUnload;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/// Kernels that were loaded together.
public final class CudaModule implements Handle {
  private static final long IMAGE_ALIGNMENT = 16;

  private final String name;
  private final CUmod_st handle;
  private final String log;
  private final CudaContext context;
  private final Lease lease;

  private CudaModule(String name, CUmod_st handle, String log, CudaContext context) {
    this.name = name;
    this.handle = handle;
    this.log = log;
    this.context = context;
    this.lease = context.lease();
  }

  static CudaModule load(String name, MemorySegment image, CudaContext context) {
    try (Arena arena = Arena.ofConfined()) {
      // PTX ends with a zero byte, which a file's text lacks; machine code does not mind one.
      MemorySegment copy = arena.allocate(image.byteSize() + 1, IMAGE_ALIGNMENT);
      MemorySegment.copy(image, 0, copy, 0, image.byteSize());
      JitLog log = new JitLog(arena);
      CUmod_st module = new CUmod_st();
      int result =
          cuModuleLoadDataEx(
              module, new NativeAddress(copy), log.count(), log.options(), log.values());
      Driver.check(result, "cuModuleLoadDataEx", "kernel " + name + "\n" + log.text());
      return new CudaModule(name, module, log.text(), context);
    }
  }

  /// What the assembler said about PTX: warnings arrive here; empty for machine code.
  public String log() {
    return log;
  }

  /// The kernel with the given entry point, set up for its dynamic shared memory.
  ///
  /// @param threads threads of a block
  /// @param sharedBytes dynamic shared memory of a block
  public CudaFunction function(String entry, int threads, int sharedBytes) {
    CUfunc_st function = new CUfunc_st();
    Driver.check(cuModuleGetFunction(function, handle, entry), "cuModuleGetFunction", entry);
    return CudaFunction.prepare(function, entry, threads, sharedBytes);
  }

  @Override
  public void close() {
    if (lease.end()) {
      Driver.check(cuModuleUnload(handle), "cuModuleUnload", "kernel " + name + " of " + context);
    }
  }

  /// The buffers into which the assembler writes what it has to say.
  private static final class JitLog {
    private static final int BYTES = 16 * 1024;
    private static final int[] OPTIONS = {
      CU_JIT_INFO_LOG_BUFFER,
      CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES,
      CU_JIT_ERROR_LOG_BUFFER,
      CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES
    };

    private final MemorySegment options;
    private final MemorySegment values;
    private final MemorySegment info;
    private final MemorySegment error;

    JitLog(Arena arena) {
      options = arena.allocateFrom(ValueLayout.JAVA_INT, OPTIONS);
      info = arena.allocate(BYTES);
      error = arena.allocate(BYTES);
      values =
          arena.allocateFrom(ValueLayout.JAVA_LONG, info.address(), BYTES, error.address(), BYTES);
    }

    int count() {
      return OPTIONS.length;
    }

    IntPointer options() {
      return new IntPointer(new NativeAddress(options));
    }

    // A plain pointer would be taken for the one value, not for the array of values.
    PointerPointer<Pointer> values() {
      return new PointerPointer<>(new NativeAddress(values));
    }

    String text() {
      return (error.getString(0) + info.getString(0)).strip();
    }
  }
}
