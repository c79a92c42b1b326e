package dev.lathe.frontend.layout;

import dev.lathe.frontend.checkpoint.TensorEntry;
import dev.lathe.ir.TensorProblem;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Tensors that are stored as they are asked for.
///
/// @param tensors of the checkpoint, by name
record PlainTensors(SortedMap<String, TensorEntry> tensors) implements NamedTensors {
  @Override
  public Optional<Found> find(String tensor) {
    return Optional.ofNullable(tensors.get(tensor))
        .map(entry -> new Found(entry.dtype(), entry.shape()));
  }

  @Override
  public SortedMap<String, List<String>> namesOfStored() {
    SortedMap<String, List<String>> names = new TreeMap<>();
    tensors.keySet().forEach(name -> names.put(name, List.of(name)));
    return names;
  }

  @Override
  public List<TensorProblem> ofStored(List<TensorProblem> problems) {
    return problems;
  }
}
