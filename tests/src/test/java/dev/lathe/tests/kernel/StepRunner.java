package dev.lathe.tests.kernel;

import dev.lathe.passes.select.Lowering;
import java.lang.foreign.MemorySegment;

/// Runs the launches of a step over an image of its operands.
interface StepRunner extends AutoCloseable {

  /// Memory for an image, which [#run] copies to the GPU and back; valid until the next call.
  MemorySegment image(long bytes);

  /// Changes the image as the step does.
  ///
  /// @return what was launched, for a failure
  String run(StepCase step, Lowering lowering, OperandImage layout, MemorySegment image);

  /// False if nothing more can run in this process.
  boolean isAlive();

  @Override
  void close();
}
