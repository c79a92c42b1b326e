package dev.lathe.tests.kernel;

import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.passes.select.Lowering;
import dev.lathe.runtime.cpu.CpuOps;
import dev.lathe.runtime.cpu.FloatTensor;
import dev.lathe.runtime.cpu.HostTensor;
import dev.lathe.runtime.cpu.IntTensor;
import dev.lathe.runtime.cpu.KvTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Compares a step on a runner with the step on the CPU.
final class StepCheck {
  private final StepRunner runner;

  StepCheck(StepRunner runner) {
    this.runner = runner;
  }

  /// What the step computes on the CPU: all its operands, after it ran.
  static Map<Ref, HostTensor> expected(StepCase step) {
    Map<Ref, HostTensor> tensors = new HashMap<>();
    step.operands().forEach((ref, bound) -> tensors.put(ref, bound.value().tensor()));
    CpuOps.run(step.op(), tensors);
    for (Ref ref : StepWrites.of(step.op())) {
      if (tensors.get(ref) instanceof FloatTensor floats) {
        for (int row : step.paddingRows()) {
          int from = row * floats.columns();
          Arrays.fill(floats.data(), from, from + floats.columns(), 0f);
        }
      }
    }
    return tensors;
  }

  /// What is wrong, in as many lines as it takes; empty if nothing is.
  ///
  /// @param expected by [#expected(StepCase)]
  Optional<String> run(
      StepCase step, String label, Lowering lowering, Map<Ref, HostTensor> expected) {
    OperandImage layout = new OperandImage(step, lowering.workspace());
    MemorySegment image = runner.image(layout.bytes());
    List<Ref> written = StepWrites.of(step.op());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment before = arena.allocate(layout.bytes(), Long.BYTES);
      layout.write(before);
      MemorySegment.copy(before, 0, image, 0, layout.bytes());
      String launched = runner.run(step, lowering, layout, image);
      List<String> problems = new ArrayList<>();
      for (Ref ref : written) {
        compare(step, ref, expected, layout, image).ifPresent(problems::add);
      }
      layout.strayWrite(before, image, new HashSet<>(written)).ifPresent(problems::add);
      return problems.isEmpty()
          ? Optional.empty()
          : Optional.of(
              "%s%n  %s%n  %s%n  %s"
                  .formatted(step.describe(), label, launched, String.join("\n  ", problems)));
    }
  }

  private static Optional<String> compare(
      StepCase step,
      Ref ref,
      Map<Ref, HostTensor> expected,
      OperandImage layout,
      MemorySegment image) {
    HostTensor tensor = expected.get(ref);
    long offset = layout.place(ref).offset();
    if (step.op() instanceof StepOp.Sample sample) {
      return new SampleJudge(step, sample).judge(ints(image, offset, step.value(ref)));
    }
    int[] shape;
    float[] values;
    switch (step.value(ref)) {
      case Operand.Floats floats -> {
        shape = new int[] {floats.rows(), floats.columns()};
        values = ((FloatTensor) java.util.Objects.requireNonNull(tensor)).data();
      }
      case Operand.Cache cache -> {
        Operand.CacheShape blocks = cache.shape();
        shape =
            new int[] {blocks.blocks(), blocks.heads(), blocks.tokensPerBlock(), blocks.headDim()};
        values = ((KvTensor) java.util.Objects.requireNonNull(tensor)).toArray();
      }
      case Operand.Ints integers -> {
        HostTensor right = java.util.Objects.requireNonNull(tensor);
        return wrongInteger(ref, tokens(right), ints(image, offset, integers));
      }
      case Operand.Longs _ -> throw new IllegalStateException(ref + ": no step writes longs");
    }
    return Difference.of(
        ref.name(), shape, values, image, offset, step.value(ref).dtype(), step.tolerance(ref));
  }

  private static Optional<String> wrongInteger(Ref ref, int[] expected, int[] actual) {
    int at = Arrays.mismatch(expected, actual);
    return at < 0
        ? Optional.empty()
        : Optional.of("%s[%d] is %d, not %d".formatted(ref, at, actual[at], expected[at]));
  }

  private static int[] ints(MemorySegment image, long offset, Operand operand) {
    int[] values = new int[Math.toIntExact(operand.bytes() / Integer.BYTES)];
    MemorySegment.copy(image, ValueLayout.JAVA_INT, offset, values, 0, values.length);
    return values;
  }

  /// The integers that the CPU computed.
  static int[] tokens(HostTensor tensor) {
    return ((IntTensor) tensor).data();
  }
}
