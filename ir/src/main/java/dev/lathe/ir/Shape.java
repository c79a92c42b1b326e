package dev.lathe.ir;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// Dimensions of a tensor, outermost first, row-major.
public record Shape(List<Dim> dims) {
  public Shape {
    dims = List.copyOf(dims);
  }

  public static Shape of(Dim... dims) {
    return new Shape(List.of(dims));
  }

  public static Shape of(long... dims) {
    return new Shape(Arrays.stream(dims).mapToObj(Dim::of).toList());
  }

  public int rank() {
    return dims.size();
  }

  public Dim dim(int axis) {
    return dims.get(axis);
  }

  /// The innermost dimension.
  public Dim last() {
    return dims.getLast();
  }

  /// The same shape with another dimension at `axis`.
  public Shape with(int axis, Dim dim) {
    List<Dim> changed = new ArrayList<>(dims);
    changed.set(axis, dim);
    return new Shape(changed);
  }

  /// All dimensions as numbers.
  ///
  /// @throws IllegalStateException if one is symbolic
  public List<Long> constants() {
    return dims.stream().map(this::constant).toList();
  }

  /// One dimension as a number.
  ///
  /// @throws IllegalStateException if it is symbolic
  public long constant(int axis) {
    return constant(dim(axis));
  }

  private long constant(Dim dim) {
    if (dim instanceof Dim.Const(long value)) {
      return value;
    }
    throw new IllegalStateException("shape (" + text() + ") is not constant");
  }

  /// `T x 4096`.
  public String text() {
    return dims.stream().map(Dim::text).collect(Collectors.joining(" x "));
  }
}
