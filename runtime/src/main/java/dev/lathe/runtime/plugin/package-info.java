/// What a plugin gives the runtime: the meaning of its ops on the CPU.
///
/// A plugin is a jar that names its [dev.lathe.runtime.plugin.CpuOperation]s in
/// `META-INF/services`. On a GPU none is needed: the kernels of a custom op are in the engine.
/// Reading order: CpuOperation, CpuOperands, CpuMatrix, CpuOperations. Knows nothing of the device
/// that uses it.
@NullMarked
package dev.lathe.runtime.plugin;

import org.jspecify.annotations.NullMarked;
