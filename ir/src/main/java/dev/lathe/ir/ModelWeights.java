package dev.lathe.ir;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.engine.weight.WeightTensors;
import dev.lathe.engine.weight.WeightType;
import dev.lathe.engine.weight.WeightTypes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/// The checkpoint tensors that a model under construction has asked for, and what is wrong with
/// them.
sealed interface ModelWeights {

  /// What an expression over declared tensors evaluates to.
  ///
  /// @throws IllegalStateException if it is ill-typed, or over a tensor that was not declared
  WeightType type(WeightExpr expr);

  /// An expression of dtype `dtype` and shape `shape` for the tensor.
  ///
  /// @param mean of the values, where there is no checkpoint and they are made up
  WeightExpr tensor(String name, DType dtype, double mean, long... shape);

  /// The expression over what the checkpoint stores, for one over declared tensors.
  WeightExpr stored(WeightExpr expr);

  /// True if there is a checkpoint, and it has the tensor.
  boolean has(String name);

  List<TensorProblem> problems();

  /// Names of `all` that no weight was declared with, in order.
  List<String> unused(Collection<String> all);

  /// Weights of a checkpoint.
  final class FromCheckpoint implements ModelWeights {
    private final TensorLookup lookup;
    private final Map<String, WeightType> declared = new HashMap<>();
    private final List<TensorProblem> problems = new ArrayList<>();

    FromCheckpoint(TensorLookup lookup) {
      this.lookup = lookup;
    }

    @Override
    public WeightExpr tensor(String name, DType dtype, double mean, long... shape) {
      WeightExpr tensor = new WeightExpr.Tensor(name);
      List<Long> expected = Arrays.stream(shape).boxed().toList();
      Optional<TensorLookup.Found> found = lookup.find(name);
      DType stored = found.map(TensorLookup.Found::dtype).filter(DType::isFloat).orElse(dtype);
      if (declared.put(name, new WeightType(stored, expected)) == null) {
        check(name, expected, found);
      }
      return stored == dtype ? tensor : new WeightExpr.Cast(tensor, dtype);
    }

    @Override
    public WeightType type(WeightExpr expr) {
      return WeightTypes.infer(expr, this::declared);
    }

    @Override
    public WeightExpr stored(WeightExpr expr) {
      return WeightTensors.replace(
          expr,
          name ->
              lookup.find(name).isPresent() ? lookup.source(name) : new WeightExpr.Tensor(name));
    }

    private WeightType declared(String name) {
      WeightType type = declared.get(name);
      if (type == null) {
        throw new IllegalStateException("tensor '" + name + "' was not declared");
      }
      return type;
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
    public boolean has(String name) {
      return lookup.find(name).isPresent();
    }

    @Override
    public List<TensorProblem> problems() {
      return List.copyOf(problems);
    }

    @Override
    public List<String> unused(Collection<String> all) {
      return all.stream().filter(name -> !declared.containsKey(name)).sorted().toList();
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
    public WeightType type(WeightExpr expr) {
      return WeightTypes.infer(
          expr,
          name -> {
            throw new IllegalStateException("there is no checkpoint with tensor '" + name + "'");
          });
    }

    @Override
    public WeightExpr stored(WeightExpr expr) {
      return expr;
    }

    @Override
    public boolean has(String name) {
      return false;
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
