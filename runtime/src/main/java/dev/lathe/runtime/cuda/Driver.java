package dev.lathe.runtime.cuda;

import java.util.List;

/// The allow-list of the CUDA driver functions that this package calls, and the check of their
/// results. All are in CUDA 13.0 (driver 580). A new call needs a line here.
public final class Driver {
  private static final int SUCCESS = 0;

  /// @param name as the bindings and NVIDIA's documentation call it
  /// @param symbol what the bindings call in `libcuda.so.1`
  public record Function(String name, String symbol) {
    private static Function plain(String name) {
      return new Function(name, name);
    }

    private static Function version2(String name) {
      return new Function(name, name + "_v2");
    }
  }

  public static final List<Function> FUNCTIONS =
      List.of(
          Function.plain("cuInit"),
          Function.plain("cuDriverGetVersion"),
          Function.plain("cuGetErrorName"),
          Function.plain("cuGetErrorString"),
          Function.plain("cuDeviceGet"),
          Function.plain("cuDeviceGetCount"),
          Function.plain("cuDeviceGetName"),
          Function.plain("cuDeviceGetAttribute"),
          Function.version2("cuDeviceTotalMem"),
          Function.plain("cuDevicePrimaryCtxRetain"),
          Function.version2("cuDevicePrimaryCtxRelease"),
          Function.plain("cuCtxSetCurrent"),
          Function.version2("cuMemGetInfo"),
          Function.version2("cuMemAlloc"),
          Function.version2("cuMemFree"),
          Function.plain("cuMemHostAlloc"),
          Function.plain("cuMemFreeHost"),
          Function.plain("cuMemsetD8Async"),
          Function.version2("cuMemcpyDtoDAsync"),
          Function.version2("cuMemcpyHtoDAsync"),
          Function.version2("cuMemcpyDtoHAsync"),
          Function.plain("cuStreamCreate"),
          Function.version2("cuStreamDestroy"),
          Function.plain("cuStreamSynchronize"),
          Function.plain("cuStreamWaitEvent"),
          Function.version2("cuStreamBeginCapture"),
          Function.plain("cuStreamEndCapture"),
          Function.plain("cuEventCreate"),
          Function.version2("cuEventDestroy"),
          Function.plain("cuEventQuery"),
          Function.plain("cuEventRecord"),
          Function.plain("cuEventRecordWithFlags"),
          Function.plain("cuEventSynchronize"),
          Function.version2("cuEventElapsedTime"),
          Function.plain("cuModuleLoadDataEx"),
          Function.plain("cuModuleUnload"),
          Function.plain("cuModuleGetFunction"),
          Function.plain("cuFuncSetAttribute"),
          Function.plain("cuFuncGetAttribute"),
          Function.plain("cuLaunchKernel"),
          Function.plain("cuLaunchKernelEx"),
          Function.plain("cuTensorMapEncodeTiled"),
          new Function("cuGraphInstantiate", "cuGraphInstantiateWithFlags"),
          Function.plain("cuGraphUpload"),
          Function.plain("cuGraphLaunch"),
          Function.plain("cuGraphDestroy"),
          Function.plain("cuGraphExecDestroy"));

  private Driver() {}

  /// Does nothing if the call succeeded.
  ///
  /// @param call name of the function
  /// @param subject what it was about; only turned into text if the call failed
  /// @throws CudaException if it failed
  static void check(int result, String call, Object subject) {
    if (result != SUCCESS) {
      throw CudaException.of(result, call, subject.toString());
    }
  }
}
