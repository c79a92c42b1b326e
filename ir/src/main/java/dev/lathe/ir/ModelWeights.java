package dev.lathe.ir;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.weight.WeightExpr;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;

/// The checkpoint tensors that a model under construction has asked for, and what is wrong with
/// them.
sealed interface ModelWeights {

  /// An expression of dtype `dtype` and shape `shape` for the tensor.
  ///
  /// @param mean of the values, where there is no checkpoint and they are made up
  WeightExpr tensor(String name, DType dtype, double mean, long... shape);

  List<TensorProblem> problems();

  /// Names of `all` that no weight was declared with, in order.
  List<String> unused(Collection<String> all);

  /// Weights of a checkpoint.
  final class FromCheckpoint implements ModelWeights {
    private final TensorLookup lookup;
    private final Set<String> declared = new LinkedHashSet<>();
    private final List<TensorProblem> problems = new ArrayList<>();

    FromCheckpoint(TensorLookup lookup) {
      this.lookup = lookup;
    }

    @Override
    public WeightExpr tensor(String name, DType dtype, double mean, long... shape) {
      WeightExpr tensor = new WeightExpr.Tensor(name);
      List<Long> expected = Arrays.stream(shape).boxed().toList();
      Optional<TensorLookup.Found> found = lookup.find(name);
      if (declared.add(name)) {
        check(name, expected, found);
      }
      boolean casts = found.isPresent() && found.get().dtype() != dtype;
      return casts ? new WeightExpr.Cast(tensor, dtype) : tensor;
    }

    private void check(String name, List<Long> expected, Optional<TensorLookup.Found> found) {
      if (found.isEmpty()) {
        problems.add(new TensorProblem(TensorProblem.Kind.MISSING, name, expected, ""));
      } else if (!found.get().shape().equals(expected)) {
        report(TensorProblem.Kind.SHAPE, name, expected, found.get());
      } else if (!found.get().dtype().isFloat()) {
        report(TensorProblem.Kind.DTYPE, name, expected, found.get());
      }
    }

    private void report(
        TensorProblem.Kind kind, String name, List<Long> expected, TensorLookup.Found found) {
      problems.add(new TensorProblem(kind, name, expected, found.text()));
    }

    @Override
    public List<TensorProblem> problems() {
      return List.copyOf(problems);
    }

    @Override
    public List<String> unused(Collection<String> all) {
      return all.stream().filter(name -> !declared.contains(name)).sorted().toList();
    }
  }

  /// Made-up weights: normal values of small deviation, a pure function of seed and name.
  record Random(long seed) implements ModelWeights {
    private static final double DEVIATION = 0.02;

    @Override
    public WeightExpr tensor(String name, DType dtype, double mean, long... shape) {
      CRC32 hash = new CRC32();
      hash.update(name.getBytes(StandardCharsets.UTF_8));
      List<Long> dims = Arrays.stream(shape).boxed().toList();
      return new WeightExpr.Random(seed ^ (hash.getValue() << 20), dtype, dims, mean, DEVIATION);
    }

    @Override
    public List<TensorProblem> problems() {
      return List.of();
    }

    @Override
    public List<String> unused(Collection<String> all) {
      return List.of();
    }
  }
}
