package dev.lathe.codegen.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lathe.codegen.catalog.PtxKernelCatalog;
import dev.lathe.codegen.catalog.PtxKernelCatalog.Candidate;
import dev.lathe.codegen.catalog.PtxKernelCatalog.Emission;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.sim.GlobalMemory;
import dev.lathe.codegen.ptx.sim.Simulator;
import dev.lathe.codegen.ptx.sim.TensorMap;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Launch.Argument;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.passes.select.Lowering.Workspace;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.select.StepContext.Operand;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/// Operands of one step, on which every candidate kernel is run and compared with [StepMeaning].
final class StepBench {
  final Random random = new Random(20260901);

  private final Map<Ref, Tensor> tensors = new LinkedHashMap<>();
  private final Map<Ref, Operand> operands = new LinkedHashMap<>();
  private final Set<Ref> early = new HashSet<>();
  private final List<Late> late = new ArrayList<>();
  private Sizes sizes = new Sizes(1, 1, 1);
  private long maxTokens;
  private Profile.Kind kind = Profile.Kind.MIXED;
  private String target = "sm_80";
  private int maxBlocksPerSequence = 1;
  private float absolute = 2e-5f;

  StepBench sizes(long tokens, long sequences, long logitRows) {
    sizes = new Sizes(tokens, sequences, logitRows);
    return this;
  }

  /// Most tokens of the profile; buffers have room for them.
  StepBench maxTokens(long tokens) {
    maxTokens = tokens;
    return this;
  }

  private Sizes maxSizes() {
    long tokens = Math.max(maxTokens, sizes.tokens());
    return new Sizes(tokens, sizes.sequences(), sizes.logitRows());
  }

  StepBench decode() {
    kind = Profile.Kind.DECODE;
    return this;
  }

  StepBench target(String name) {
    target = name;
    return this;
  }

  StepBench blocksPerSequence(int blocks) {
    maxBlocksPerSequence = blocks;
    return this;
  }

  /// Absolute difference of floats that is allowed besides the rounding of the result.
  StepBench tolerance(float difference) {
    absolute = difference;
    return this;
  }

  Ref add(String name, DType dtype, SizeExpr... shape) {
    List<Long> lengths = List.of(shape).stream().map(dim -> dim.evaluate(sizes)).toList();
    return add(name, Tensor.zeros(dtype, lengths), List.of(shape));
  }

  /// A KV cache: operands have the shape of one block, the tensor has many.
  Ref addCache(String name, DType dtype, int blocks, int heads, int tokensPerBlock, int headDim) {
    Tensor cache =
        Tensor.zeros(
            dtype, List.of((long) blocks, (long) heads, (long) tokensPerBlock, (long) headDim));
    return add(
        name,
        cache,
        List.of(
            SizeExpr.of(1), SizeExpr.of(heads), SizeExpr.of(tokensPerBlock), SizeExpr.of(headDim)));
  }

  private Ref add(String name, Tensor tensor, List<SizeExpr> shape) {
    Ref ref = new Ref(name);
    tensors.put(ref, tensor);
    operands.put(ref, new Operand(tensor.dtype, shape));
    return ref;
  }

  /// Says that no kernel before the step writes an operand: a kernel that starts early may read it
  /// at once. Weights are such.
  StepBench readEarly(Ref... refs) {
    early.addAll(List.of(refs));
    return this;
  }

  /// Says that a kernel before the step writes some bytes of an operand that is else read early.
  void writtenBefore(Ref ref, int offset, int bytes) {
    late.add(new Late(ref, offset, bytes));
  }

  private record Late(Ref ref, int offset, int bytes) {}

  /// Adds an operand of random normal values.
  Ref addRandom(String name, DType dtype, SizeExpr... shape) {
    Ref ref = add(name, dtype, shape);
    tensor(ref).fill(random, 1);
    return ref;
  }

  Tensor tensor(Ref ref) {
    Tensor tensor = tensors.get(ref);
    if (tensor == null) {
      throw new IllegalStateException("no tensor " + ref);
    }
    return tensor;
  }

  Sizes sizes() {
    return sizes;
  }

  StepContext context() {
    return new StepContext(
        "step", new Profile("test", kind, maxSizes()), target, operands, maxBlocksPerSequence);
  }

  /// Every way of the catalog to carry out the step; at least one.
  List<Candidate> candidates(StepOp op) {
    List<String> reasons = new ArrayList<>();
    List<Candidate> candidates = PtxKernelCatalog.builtIn().candidates(op, context(), reasons);
    assertThat(candidates).as("kernels for %s; refusals: %s", op, reasons).isNotEmpty();
    return candidates;
  }

  /// A test for every candidate.
  Stream<DynamicTest> tests(String label, StepOp op) {
    return tests(label, op, _ -> true);
  }

  /// A test for every candidate of a kind; at least one.
  Stream<DynamicTest> tests(String label, StepOp op, Predicate<Candidate> kind) {
    List<Candidate> chosen = candidates(op).stream().filter(kind).toList();
    assertThat(chosen).as(label).isNotEmpty();
    return chosen.stream()
        .map(candidate ->
            dynamicTest(
                label + ": " + candidate.template() + " " + candidate.config(),
                () -> check(op, candidate)));
  }

  /// Runs the candidate on copies of the operands and compares those that the step writes.
  void check(StepOp op, Candidate candidate) {
    Map<Ref, Tensor> expected = copies();
    new StepMeaning(expected, sizes).run(op);
    Map<Ref, Tensor> actual = run(candidate.emit());
    for (Map.Entry<Ref, Tensor> entry : expected.entrySet()) {
      String label = candidate.template() + " " + candidate.config() + ": " + entry.getKey();
      Tensor result = Objects.requireNonNull(actual.get(entry.getKey()));
      TensorDifference.check(label, result, entry.getValue(), absolute);
    }
  }

  private Map<Ref, Tensor> copies() {
    Map<Ref, Tensor> copies = new LinkedHashMap<>();
    tensors.forEach((ref, tensor) -> copies.put(ref, tensor.copy()));
    return copies;
  }

  /// All operands after the kernels ran on copies of them.
  Map<Ref, Tensor> run(Emission emission) {
    GlobalMemory memory = new GlobalMemory();
    Map<Ref, Long> addresses = new HashMap<>();
    tensors.forEach((ref, tensor) -> addresses.put(ref, memory.allocate(buffer(ref, tensor))));
    markWritten(memory, addresses);
    for (Workspace workspace : emission.launches().workspace()) {
      long elements = 1;
      for (SizeExpr dim : workspace.shape()) {
        elements *= dim.evaluate(maxSizes());
      }
      int bytes = Math.toIntExact(elements * workspace.dtype().bytes());
      long address = memory.allocate(bytes);
      memory.usedByPredecessors(address, bytes);
      addresses.put(Ref.buffer(workspace.name()), address);
    }
    Map<String, Kernel> kernels = new HashMap<>();
    emission.kernels().forEach(kernel -> kernels.put(kernel.name(), kernel));
    for (Launch launch : emission.launches().launches()) {
      launch(memory, kernels, launch, addresses);
    }
    Map<Ref, Tensor> results = new HashMap<>();
    tensors.forEach((ref, tensor) ->
        results.put(
            ref,
            new Tensor(
                tensor.dtype,
                tensor.shape,
                Arrays.copyOf(memory.content(address(addresses, ref)), tensor.data.capacity()))));
    return results;
  }

  /// The tensor, in a buffer for the profile's greatest sizes, of which the rest is no number.
  private byte[] buffer(Ref ref, Tensor tensor) {
    long bytes = tensor.dtype.bytes();
    for (SizeExpr dim : Objects.requireNonNull(operands.get(ref)).shape()) {
      bytes *= dim.evaluate(maxSizes());
    }
    int length = tensor.data.capacity();
    byte[] buffer = Arrays.copyOf(tensor.data.array(), Math.max(length, Math.toIntExact(bytes)));
    Arrays.fill(buffer, length, buffer.length, (byte) 0xFF);
    return buffer;
  }

  private void markWritten(GlobalMemory memory, Map<Ref, Long> addresses) {
    tensors.forEach((ref, tensor) -> {
      if (!ref.isWeight() && !early.contains(ref)) {
        memory.usedByPredecessors(address(addresses, ref), tensor.data.capacity());
      }
    });
    late.forEach(l -> memory.usedByPredecessors(address(addresses, l.ref) + l.offset, l.bytes));
  }

  private void launch(
      GlobalMemory memory, Map<String, Kernel> kernels, Launch launch, Map<Ref, Long> addresses) {
    Simulator simulator = new Simulator(memory, random.nextBoolean());
    List<Long> arguments =
        launch.arguments().stream().map(argument -> bits(argument, memory, addresses)).toList();
    Kernel kernel = kernels.get(launch.kernel());
    assertThat(kernel).as("kernel %s", launch.kernel()).isNotNull();
    simulator.launch(
        kernel, blocks(launch.gridX()), blocks(launch.gridY()), blocks(launch.gridZ()), arguments);
  }

  private int blocks(SizeExpr expr) {
    return Math.toIntExact(expr.evaluate(sizes));
  }

  private long bits(Argument argument, GlobalMemory memory, Map<Ref, Long> addresses) {
    return switch (argument) {
      case Argument.Pointer(Ref ref) -> address(addresses, ref);
      case Argument.Size(SizeExpr expr) -> expr.evaluate(sizes);
      case Argument.Int(int value) -> value & 0xFFFFFFFFL;
      case Argument.Float(float value) -> Float.floatToRawIntBits(value) & 0xFFFFFFFFL;
      case Argument.Tensor(Launch.TensorMap map) ->
          memory.tensorMap(
              new TensorMap(
                  address(addresses, map.ref()),
                  map.dtype().bytes(),
                  map.dims(),
                  map.strideBytes(),
                  map.box(),
                  map.swizzleBytes()));
    };
  }

  private static long address(Map<Ref, Long> addresses, Ref ref) {
    return Objects.requireNonNull(addresses.get(ref), () -> "no operand " + ref);
  }
}
