package dev.lathe.tests.kernel;

import dev.lathe.engine.type.DType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// How a result differs from what is expected, in words that point at the error of a kernel: which
/// indices are wrong along each axis, and what their values have in common.
final class Difference {
  private static final int SHOWN = 10;
  private static final double MOST = 0.9;

  private final String name;
  private final int[] shape;
  private final float[] expected;
  private final float[] actual;
  private final BitSet untouched;
  private final Tolerance tolerance;
  private final double rootMeanSquare;
  private final List<Integer> wrong = new ArrayList<>();

  private Difference(
      String name,
      int[] shape,
      float[] expected,
      float[] actual,
      BitSet untouched,
      Tolerance tolerance) {
    this.name = name;
    this.shape = shape;
    this.expected = expected;
    this.actual = actual;
    this.untouched = untouched;
    this.tolerance = tolerance;
    this.rootMeanSquare = Math.sqrt(sumOfSquares() / Math.max(1, expected.length));
    for (int i = 0; i < expected.length; i++) {
      if (!tolerance.accepts(expected[i], actual[i], rootMeanSquare)) {
        wrong.add(i);
      }
    }
  }

  /// Compares the elements at `offset` of the image.
  static Optional<String> of(
      String name,
      int[] shape,
      float[] expected,
      MemorySegment image,
      long offset,
      DType dtype,
      Tolerance tolerance) {
    float[] actual = Elements.read(image, offset, dtype, expected.length);
    BitSet untouched = new BitSet();
    for (int i = 0; i < actual.length; i++) {
      if (Float.isNaN(actual[i])
          && OperandImage.isUntouched(image, offset + (long) i * dtype.bytes(), dtype.bytes())) {
        untouched.set(i);
      }
    }
    return new Difference(name, shape, expected, actual, untouched, tolerance).text();
  }

  private double sumOfSquares() {
    double sum = 0;
    for (float value : expected) {
      sum += Float.isFinite(value) ? (double) value * value : 0;
    }
    return sum;
  }

  /// `||actual - expected|| / ||expected||` over the elements where both are finite.
  private double relativeError() {
    double sum = 0;
    for (int i = 0; i < expected.length; i++) {
      double error = (double) actual[i] - expected[i];
      sum += Double.isFinite(error) ? error * error : 0;
    }
    return Math.sqrt(sum / Math.max(sumOfSquares(), 1e-30));
  }

  private Optional<String> text() {
    double error = relativeError();
    if (wrong.isEmpty() && error <= tolerance.norm()) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s %s: %d of %d elements are wrong; relative error of the norm %.2e (allowed %.0e)",
            name,
            Arrays.toString(shape),
            wrong.size(),
            expected.length,
            error,
            tolerance.norm()));
    if (!wrong.isEmpty()) {
      List<String> lines = new ArrayList<>(axes());
      lines.addAll(values());
      for (int i = 0; i < Math.min(SHOWN, wrong.size()); i++) {
        lines.add(element(wrong.get(i)));
      }
      lines.forEach(line -> text.append("\n    ").append(line));
    }
    return Optional.of(text.toString());
  }

  private List<String> axes() {
    List<String> lines = new ArrayList<>();
    for (int axis = 0; axis < shape.length; axis++) {
      int stride = stride(axis);
      BitSet indices = new BitSet();
      for (int at : wrong) {
        indices.set(at / stride % shape[axis]);
      }
      lines.add("axis %d: %s".formatted(axis, IndexPattern.describe(indices, shape[axis])));
    }
    return lines;
  }

  private int stride(int axis) {
    int stride = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      stride *= shape[i];
    }
    return stride;
  }

  /// What most wrong values have in common.
  private List<String> values() {
    List<String> lines = new ArrayList<>();
    int never = count(untouched::get);
    int nan = count(i -> Float.isNaN(actual[i])) - never;
    int zero = count(i -> actual[i] == 0);
    int infinite = count(i -> Float.isInfinite(actual[i]));
    if (never + nan + zero + infinite > 0) {
      lines.add(
          "of the wrong ones %d were never written, %d are NaN, %d zero, %d infinite"
              .formatted(never, nan, zero, infinite));
    }
    factor().ifPresent(lines::add);
    shift().ifPresent(lines::add);
    return lines;
  }

  private interface Condition {
    boolean holds(int index);
  }

  private int count(Condition condition) {
    return (int) wrong.stream().filter(condition::holds).count();
  }

  private Optional<String> factor() {
    double[] ratios =
        wrong.stream()
            .filter(i -> Math.abs(expected[i]) > 0.1 * rootMeanSquare)
            .mapToDouble(i -> actual[i] / expected[i])
            .sorted()
            .toArray();
    if (ratios.length < 4) {
      return Optional.empty();
    }
    double median = ratios[ratios.length / 2];
    long near =
        Arrays.stream(ratios).filter(r -> Math.abs(r - median) <= 0.02 * Math.abs(median)).count();
    return near >= MOST * ratios.length && median != 0 && Double.isFinite(median)
        ? Optional.of(String.format(Locale.ROOT, "they are about %.4f times too large", median))
        : Optional.empty();
  }

  /// Whether the values are the expected ones of places at one distance.
  private Optional<String> shift() {
    List<Integer> sample = wrong.subList(0, Math.min(200, wrong.size()));
    if (sample.size() < 4) {
      return Optional.empty();
    }
    int row = shape[shape.length - 1];
    List<Integer> distances = new ArrayList<>();
    for (int distance = 1; distance <= 128; distance++) {
      distances.addAll(List.of(distance, -distance, distance * row, -distance * row));
    }
    for (int distance : distances) {
      long same = sample.stream().filter(i -> holds(i + distance, actual[i])).count();
      if (same >= MOST * sample.size()) {
        return Optional.of(
            "they are the expected values of %d elements further (%d rows, %d columns)"
                .formatted(distance, distance / row, distance % row));
      }
    }
    return Optional.empty();
  }

  private boolean holds(int index, float value) {
    return index >= 0
        && index < expected.length
        && value != 0
        && Math.abs(expected[index] - value) <= 1e-2 * Math.abs(value);
  }

  private String element(int at) {
    int[] index = new int[shape.length];
    for (int axis = 0; axis < shape.length; axis++) {
      index[axis] = at / stride(axis) % shape[axis];
    }
    String note = untouched.get(at) ? " (never written)" : elsewhere(at);
    return String.format(
        Locale.ROOT,
        "%s expected %g, actual %g%s",
        Arrays.toString(index),
        expected[at],
        actual[at],
        note);
  }

  /// Whether the value is expected elsewhere in the row, once.
  private String elsewhere(int at) {
    int row = shape[shape.length - 1];
    int begin = at / row * row;
    int found = -1;
    for (int i = begin; i < begin + row; i++) {
      if (actual[at] != 0 && Math.abs(expected[i] - actual[at]) <= 2e-3 * Math.abs(actual[at])) {
        if (found >= 0) {
          return "";
        }
        found = i;
      }
    }
    return found < 0 ? "" : " (as is expected in column " + (found - begin) + ")";
  }
}
