package dev.lathe.runtime.cpu;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Ref;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A plan with its buffers: activations in shared slots, everything else in the executor's tensors.
final class CpuPlan extends Operands {
  private final Plan plan;
  private final CpuWeights weights;
  private final CpuBuffers buffers;
  private final Map<Ref, HostTensor> tensors = new HashMap<>();
  private final List<Activation> activations = new ArrayList<>();
  private final List<Indexes> indexes = new ArrayList<>();

  /// An arena buffer and the slot that it lives in.
  private record Activation(Buffer buffer, FloatTensor tensor, int slot) {}

  /// An arena buffer of integers; they take little, and share nothing.
  private record Indexes(Buffer buffer, IntTensor tensor) {
    void shape(Sizes sizes) {
      int elements = Math.toIntExact(buffer.elements(sizes));
      int[] data = tensor.data().length < elements ? new int[elements] : tensor.data();
      tensor.bind(data, rows(buffer, sizes), columns(buffer, sizes));
    }
  }

  CpuPlan(Plan plan, CpuWeights weights, CpuBuffers buffers) {
    this.plan = plan;
    this.weights = weights;
    this.buffers = buffers;
    BufferSlots.assign(plan).forEach(this::addActivation);
    for (Buffer buffer : plan.buffers()) {
      buffers.shared(buffer).ifPresent(tensor -> tensors.put(Ref.buffer(buffer.name()), tensor));
    }
  }

  private void addActivation(Buffer buffer, int slot) {
    if (buffer.dtype() == DType.I32) {
      IntTensor tensor = IntTensor.vector();
      indexes.add(new Indexes(buffer, tensor));
      tensors.put(Ref.buffer(buffer.name()), tensor);
      return;
    }
    FloatTensor tensor = new FloatTensor(buffer.dtype(), 0, 0);
    activations.add(new Activation(buffer, tensor, slot));
    tensors.put(Ref.buffer(buffer.name()), tensor);
  }

  Plan plan() {
    return plan;
  }

  /// Gives every activation the shape that it has in a batch of these sizes.
  void shape(Sizes sizes) {
    indexes.forEach(index -> index.shape(sizes));
    for (Activation activation : activations) {
      buffers.reserve(activation.slot(), Math.toIntExact(activation.buffer().elements(sizes)));
    }
    for (Activation activation : activations) {
      Buffer buffer = activation.buffer();
      int rows = rows(buffer, sizes);
      int columns = columns(buffer, sizes);
      activation.tensor().bind(buffers.slot(activation.slot()), rows, columns);
    }
  }

  static int rows(Buffer buffer, Sizes sizes) {
    return Math.toIntExact(buffer.shape().getFirst().evaluate(sizes));
  }

  static int columns(Buffer buffer, Sizes sizes) {
    long columns = 1;
    List<SizeExpr> shape = buffer.shape();
    for (int i = 1; i < shape.size(); i++) {
      columns = Math.multiplyExact(columns, shape.get(i).evaluate(sizes));
    }
    return Math.toIntExact(columns);
  }

  @Override
  HostTensor tensor(Ref ref) {
    if (ref.isWeight()) {
      return weights.tensor(ref);
    }
    HostTensor tensor = tensors.get(ref);
    if (tensor == null) {
      throw new IllegalStateException(plan.profile().name() + " has no buffer " + ref);
    }
    return tensor;
  }

  @Override
  PackedMatrix packed(Ref ref) {
    return weights.packed(ref);
  }

  @Override
  List<PackedMatrix> packedExperts(Ref ref, int inputs) {
    return weights.experts(ref);
  }
}
