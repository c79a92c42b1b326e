package dev.lathe.tests.kernel;

import dev.lathe.engine.v1.Ref;
import dev.lathe.passes.select.Lowering;
import dev.lathe.runtime.cpu.FloatTensor;
import dev.lathe.runtime.cpu.HostTensor;
import dev.lathe.runtime.cpu.IntTensor;
import dev.lathe.runtime.cpu.KvTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.function.Consumer;

/// Stands for a GPU whose kernels are right, but for what is done to the image afterwards.
final class CpuRunner implements StepRunner {
  private final Consumer<MemorySegment> flaw;

  CpuRunner(Consumer<MemorySegment> flaw) {
    this.flaw = flaw;
  }

  @Override
  public MemorySegment image(long bytes) {
    return Arena.ofAuto().allocate(bytes, Long.BYTES);
  }

  @Override
  public String run(StepCase step, Lowering lowering, OperandImage layout, MemorySegment image) {
    Map<Ref, HostTensor> tensors = StepCheck.expected(step);
    for (Ref ref : StepWrites.of(step.op())) {
      long offset = layout.place(ref).offset();
      switch (tensors.get(ref)) {
        case FloatTensor floats -> Elements.write(image, offset, floats.dtype(), floats.data());
        case KvTensor cache ->
            Elements.write(image, offset, step.value(ref).dtype(), cache.toArray());
        case IntTensor ints ->
            MemorySegment.copy(
                ints.data(), 0, image, ValueLayout.JAVA_INT, offset, ints.data().length);
        case null, default -> throw new IllegalStateException(ref + " is not written");
      }
    }
    flaw.accept(image);
    return "on the CPU";
  }

  @Override
  public boolean isAlive() {
    return true;
  }

  @Override
  public void close() {}
}
