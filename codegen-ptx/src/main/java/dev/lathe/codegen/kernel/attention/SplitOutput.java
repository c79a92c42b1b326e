package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.ptx.isa.B32;

/// Where a block of decode attention takes what its warps have summed.
sealed interface SplitOutput permits WholeOutput, WorkspaceOutput, ClusterOutput {

  /// At the beginning of the kernel.
  default void begin() {}

  /// After the last key, before the first [#take]; all threads.
  default void prepare() {}

  /// Takes four elements of a head.
  ///
  /// @param group number of the elements, in order of heads and elements
  /// @param head of the block's
  /// @param element the first one
  void take(B32 group, B32 head, B32 element, PartialSoftmax part);

  /// At the end of the kernel; all threads.
  default void end() {}
}
