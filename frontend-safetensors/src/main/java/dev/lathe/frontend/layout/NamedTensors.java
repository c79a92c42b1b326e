package dev.lathe.frontend.layout;

import dev.lathe.ir.TensorLookup;
import dev.lathe.ir.TensorProblem;
import java.util.List;
import java.util.SortedMap;

/// The tensors of a checkpoint under the names that importers ask for.
public interface NamedTensors extends TensorLookup {

  /// For each stored tensor, the names under which it, or a part of it, can be asked for; none for
  /// a tensor that no name leads to. Tensors that follow from the configuration are left out.
  SortedMap<String, List<String>> namesOfStored();

  /// Problems of names as problems of stored tensors, each once.
  List<TensorProblem> ofStored(List<TensorProblem> problems);
}
