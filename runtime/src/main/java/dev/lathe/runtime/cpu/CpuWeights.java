package dev.lathe.runtime.cpu;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.runtime.cpu.PackedMatrix.RowSource;
import dev.lathe.runtime.device.EngineImage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The weights of an engine in the forms that the steps want: packed for linear steps, left in the
/// file for embeddings (a tied table is both), widened arrays for the rest.
final class CpuWeights {
  private final Map<Ref, PackedMatrix> packed = new HashMap<>();
  private final Map<Ref, List<PackedMatrix>> experts = new HashMap<>();
  private final Map<Ref, HostTensor> plain = new HashMap<>();

  /// @throws LatheException if the heap cannot hold the weights, or the CPU cannot compute with one
  static CpuWeights load(EngineImage image, Workers workers) {
    Set<Ref> matrices = new HashSet<>();
    Set<Ref> grouped = new HashSet<>();
    Set<Ref> tables = new HashSet<>();
    Set<Ref> customs = new HashSet<>();
    for (Plan plan : image.plans()) {
      for (Step step : plan.steps()) {
        if (step.op() instanceof StepOp.Linear linear) {
          matrices.add(linear.weight());
        } else if (step.op() instanceof StepOp.GroupedLinear linear) {
          grouped.add(linear.weight());
        } else if (step.op() instanceof StepOp.Embedding embedding) {
          tables.add(embedding.table());
        } else if (step.op() instanceof StepOp.Custom custom) {
          customs.addAll(custom.inputs());
        }
      }
    }
    CpuWeights weights = new CpuWeights();
    Set<Ref> widened = new HashSet<>(matrices);
    widened.addAll(grouped);
    requireHeap(image, widened);
    for (WeightEntry entry : image.manifest().weights()) {
      weights.add(entry, image, new Uses(matrices, grouped, tables, customs), workers);
    }
    return weights;
  }

  /// Which steps read which weights.
  ///
  /// @param grouped with a matrix an expert
  /// @param customs that ops of plugins read
  private record Uses(Set<Ref> matrices, Set<Ref> grouped, Set<Ref> tables, Set<Ref> customs) {}

  private void add(WeightEntry entry, EngineImage image, Uses uses, Workers workers) {
    requireFloat(entry);
    Ref ref = Ref.weight(entry.name());
    int columns = columns(entry);
    int rows = Math.toIntExact(elements(entry) / columns);
    MappedMatrix mapped = new MappedMatrix(image.weight(entry), entry.dtype(), rows, columns);
    if (uses.matrices().contains(ref)) {
      packed.put(ref, PackedMatrix.pack(rows, columns, mapped::copyRow, workers));
    }
    if (uses.grouped().contains(ref)) {
      int inputs = Math.toIntExact(entry.shape().getLast());
      RowSource source = mapped::copyRow;
      experts.put(ref, PackedMatrix.packEach(rows, columns / inputs, inputs, source, workers));
      return;
    }
    if (uses.tables().contains(ref)) {
      plain.put(ref, mapped);
    } else if (!uses.matrices().contains(ref) || uses.customs().contains(ref)) {
      plain.put(ref, widened(mapped));
    }
  }

  private static FloatTensor widened(MappedMatrix mapped) {
    FloatTensor tensor = new FloatTensor(DType.F32, mapped.rows(), mapped.columns());
    for (int row = 0; row < mapped.rows(); row++) {
      mapped.copyRow(row, 0, mapped.columns(), tensor.data(), row * mapped.columns());
    }
    return tensor;
  }

  private static void requireFloat(WeightEntry entry) {
    if (!entry.dtype().isFloat()) {
      throw new LatheException(
          ExitCode.BAD_ENGINE,
          "weight-dtype-on-cpu",
          "Weight "
              + entry.name()
              + " is "
              + entry.dtype().text()
              + "; the CPU computes with"
              + " f32, f16 and bf16.",
          "Run the engine on a GPU, or build one with --dtype float32 for the CPU.");
    }
  }

  private static void requireHeap(EngineImage image, Set<Ref> matrices) {
    long needed =
        image.manifest().weights().stream()
            .filter(entry -> matrices.contains(Ref.weight(entry.name())))
            .mapToLong(entry -> 4 * elements(entry))
            .sum();
    long available = Runtime.getRuntime().maxMemory();
    if (needed > available) {
      throw new LatheException(
          ExitCode.OUT_OF_MEMORY,
          "cpu-weights",
          "The weights need %d MiB as float32, and the heap is %d MiB at most."
              .formatted(needed >> 20, available >> 20),
          "Give the Java process more memory with -Xmx, or use a GPU.");
    }
  }

  private static long elements(WeightEntry entry) {
    return entry.shape().stream().reduce(1L, Math::multiplyExact);
  }

  /// All but the first dimension; a vector is one row.
  private static int columns(WeightEntry entry) {
    long first = entry.shape().size() < 2 ? 1 : entry.shape().getFirst();
    return Math.toIntExact(Math.max(1, elements(entry) / Math.max(1, first)));
  }

  /// A weight in its plain form.
  HostTensor tensor(Ref ref) {
    HostTensor tensor = plain.get(ref);
    if (tensor == null) {
      throw new IllegalStateException("the engine has no weight " + ref);
    }
    return tensor;
  }

  /// The weight of a grouped linear step, a matrix an expert.
  List<PackedMatrix> experts(Ref ref) {
    List<PackedMatrix> matrices = experts.get(ref);
    if (matrices == null) {
      throw new IllegalStateException("the engine has no matrices " + ref);
    }
    return matrices;
  }

  /// The weight of a linear step.
  PackedMatrix packed(Ref ref) {
    PackedMatrix matrix = packed.get(ref);
    if (matrix == null) {
      throw new IllegalStateException("the engine has no matrix " + ref);
    }
    return matrix;
  }
}
