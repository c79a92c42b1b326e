package dev.lathe.ir.verify;

import dev.lathe.ir.Graph;
import dev.lathe.ir.Stage;
import java.util.List;

/// One property of graphs.
public interface Check {

  /// The stage from which on the property must hold.
  default Stage since() {
    return Stage.IMPORTED;
  }

  /// All violations, in the order of the nodes.
  List<Violation> check(Graph graph);
}
