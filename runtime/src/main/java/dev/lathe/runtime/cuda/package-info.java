/// Runs engines on one NVIDIA GPU, through the CUDA driver API.
///
/// Reading order: [dev.lathe.runtime.cuda.CudaDevice] finds the driver and opens the GPU;
/// [dev.lathe.runtime.cuda.CudaContext] makes streams, events, buffers and modules;
/// `CudaStepExecutor` runs plans with them. `InputLayout`, `InputWriter`, `Buckets` and
/// `WeightChunks` are plain arithmetic and need no GPU.
///
/// Invariants:
/// - A call of a function that the installed driver lacks ends the process. So every function that
///   this package calls is listed in [dev.lathe.runtime.cuda.Driver], a test compares the list with
///   the class files and with the symbols of CUDA 13.0, and [dev.lathe.runtime.cuda.CudaDevice]
///   looks all of them up by name before the first call.
/// - No class of `org.bytedeco` is loaded before the driver library has been found.
/// - Each call's result goes through `Driver.check`, which raises a
///   [dev.lathe.runtime.cuda.CudaException].
/// - Each handle is closed by who made it, in reverse order; the context counts the open ones.
/// - Native memory that the bindings read is allocated here, never by the bindings themselves,
///   whose own limit on the memory of the process counts mapped engine files.
@NullMarked
package dev.lathe.runtime.cuda;

import org.jspecify.annotations.NullMarked;
