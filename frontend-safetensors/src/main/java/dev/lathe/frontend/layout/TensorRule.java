package dev.lathe.frontend.layout;

import java.util.ArrayList;
import java.util.List;

/// A line of a family's table: a module that importers ask for, and what holds its tensors.
///
/// @param name of the module in the Hugging Face layout; `{}` stands for the number of the layer
/// @param stored name of the module in the files of ranks; `{}` stands for the number of the layer
///     among those of its pipeline stage
/// @param spread of the module's weight
/// @param transposed true if importers ask for the weight as `(inputs, outputs)`
/// @param unusedRows of the weight that importers ask for, at its beginning, and that are not
///     stored because nobody reads them
/// @param bare true if importers ask for the weight by the name of the module alone
record TensorRule(
    String name,
    String stored,
    Stage stage,
    Spread spread,
    boolean transposed,
    int unusedRows,
    boolean bare) {

  /// Which ranks of a pipeline hold a module.
  enum Stage {
    FIRST,
    OF_LAYER,
    LAST
  }

  private TensorRule(String name, String stored, Stage stage, Spread spread) {
    this(name, stored, stage, spread, false, 0, false);
  }

  static TensorRule first(String name, String stored, Spread spread) {
    return new TensorRule(name, stored, Stage.FIRST, spread);
  }

  static TensorRule last(String name, String stored, Spread spread) {
    return new TensorRule(name, stored, Stage.LAST, spread);
  }

  /// A module of each layer.
  ///
  /// @param name whole
  /// @param stored whole
  static TensorRule of(String name, String stored, Spread spread) {
    return new TensorRule(name, stored, Stage.OF_LAYER, spread);
  }

  /// @param name whole
  /// @param stored after `transformer.layers.{}.`
  static TensorRule ofLayer(String name, String stored, Spread spread) {
    return of(name, "transformer.layers.{}." + stored, spread);
  }

  /// @param name after `model.layers.{}.`
  /// @param stored after `transformer.layers.{}.`
  static TensorRule layer(String name, String stored, Spread spread) {
    return ofLayer("model.layers.{}." + name, stored, spread);
  }

  /// The rules of a family that is made of several parts.
  @SafeVarargs
  static List<TensorRule> joined(List<TensorRule>... parts) {
    List<TensorRule> all = new ArrayList<>();
    for (List<TensorRule> part : parts) {
      all.addAll(part);
    }
    return all;
  }

  TensorRule asTransposed() {
    return new TensorRule(name, stored, stage, spread, true, unusedRows, bare);
  }

  TensorRule withUnusedRows(int rows) {
    return new TensorRule(name, stored, stage, spread, transposed, rows, bare);
  }

  TensorRule asBare() {
    return new TensorRule(name, stored, stage, spread, transposed, unusedRows, true);
  }

  /// True if importers ask by that path for a tensor of the module.
  boolean isAskedAs(TensorPath path) {
    return path.module().equals(name) && path.isBare() == bare;
  }

  /// True if that is where a tensor of the module is stored.
  boolean isStoredAs(TensorPath path) {
    return path.module().equals(stored) && !path.isBare() && !(bare && path.isBias());
  }

  /// Where a tensor is stored.
  ///
  /// @param layer among those of its stage
  TensorPath storedPath(TensorPath asked, int layer) {
    return new TensorPath(stored, layer, bare ? TensorPath.WEIGHT : asked.kind());
  }

  /// How importers ask for a tensor that is stored so.
  ///
  /// @param layer among all
  TensorPath askedPath(TensorPath held, int layer) {
    return new TensorPath(name, layer, bare ? TensorPath.BARE : held.kind());
  }
}
