package dev.lathe.runtime.cuda;

import static org.bytedeco.cuda.global.cudart.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
import static org.bytedeco.cuda.global.cudart.CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK;
import static org.bytedeco.cuda.global.cudart.cuFuncGetAttribute;
import static org.bytedeco.cuda.global.cudart.cuFuncSetAttribute;
import static org.bytedeco.cuda.global.cudart.cuLaunchKernel;
import static org.bytedeco.cuda.global.cudart.cuLaunchKernelEx;

import java.lang.foreign.Arena;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUlaunchConfig;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/// A kernel with its block size and shared memory, ready to launch. Lives as long as its module.
public final class CudaFunction {
  private final CUfunc_st handle;
  private final PointerPointer<Pointer> noExtra = new PointerPointer<>();
  private final String name;
  private final int threads;
  private final int sharedBytes;
  private final LaunchConfiguration configuration;

  private CudaFunction(CUfunc_st handle, String name, int threads, int sharedBytes) {
    this.handle = handle;
    this.name = name;
    this.threads = threads;
    this.sharedBytes = sharedBytes;
    this.configuration = new LaunchConfiguration(Arena.ofAuto(), threads, sharedBytes);
  }

  static CudaFunction prepare(CUfunc_st handle, String name, int threads, int sharedBytes) {
    int[] most = new int[1];
    Driver.check(
        cuFuncGetAttribute(most, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, handle),
        "cuFuncGetAttribute",
        name);
    if (threads > most[0]) {
      throw new IllegalStateException(
          "kernel %s has blocks of %d threads, but runs with %d at most"
              .formatted(name, threads, most[0]));
    }
    if (sharedBytes > 0) {
      Driver.check(
          cuFuncSetAttribute(handle, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, sharedBytes),
          "cuFuncSetAttribute",
          name + " with " + sharedBytes + " bytes of shared memory");
    }
    return new CudaFunction(handle, name, threads, sharedBytes);
  }

  /// Entry point of the kernel.
  public String name() {
    return name;
  }

  /// Puts a launch into the stream. The arguments are read before this returns.
  ///
  /// @param gridX blocks; all three at least 1
  public void launch(
      CudaStream stream, int gridX, int gridY, int gridZ, KernelArguments arguments) {
    int result =
        cuLaunchKernel(
            handle,
            gridX,
            gridY,
            gridZ,
            threads,
            1,
            1,
            sharedBytes,
            stream.handle(),
            arguments.pointers(),
            noExtra);
    check(result, "cuLaunchKernel", gridX, gridY, gridZ);
  }

  /// [#launch] with a say in how it meets the kernels around it.
  public void launch(
      CudaStream stream,
      int gridX,
      int gridY,
      int gridZ,
      KernelArguments arguments,
      LaunchMode mode) {
    CUlaunchConfig config =
        configuration.with(gridX, gridY, gridZ, stream.handle().address(), mode);
    int result = cuLaunchKernelEx(config, handle, arguments.pointers(), noExtra);
    check(result, "cuLaunchKernelEx", gridX, gridY, gridZ);
  }

  /// Dynamic shared memory of a block.
  int sharedBytes() {
    return sharedBytes;
  }

  private void check(int result, String call, int gridX, int gridY, int gridZ) {
    if (result != 0) {
      String grid = "%s, grid (%d, %d, %d)".formatted(name, gridX, gridY, gridZ);
      throw CudaException.of(result, call, grid);
    }
  }
}
