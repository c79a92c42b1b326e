package dev.lathe.frontend.layout;

/// A line of a family's table: a module that importers ask for, and what holds its tensors.
///
/// @param name of the module in the Hugging Face layout; `{}` stands for the number of the layer
/// @param stored name of the module in the files of ranks; `{}` stands for the number of the layer
///     among those of its pipeline stage
/// @param spread of the module's weight
/// @param transposed true if importers ask for the weight as `(inputs, outputs)`
/// @param unusedRows of the weight that importers ask for, at its beginning, and that are not
///     stored because nobody reads them
record TensorRule(
    String name, String stored, Stage stage, Spread spread, boolean transposed, int unusedRows) {

  /// Which ranks of a pipeline hold a module.
  enum Stage {
    FIRST,
    OF_LAYER,
    LAST
  }

  static TensorRule first(String name, String stored, Spread spread) {
    return new TensorRule(name, stored, Stage.FIRST, spread, false, 0);
  }

  static TensorRule last(String name, String stored, Spread spread) {
    return new TensorRule(name, stored, Stage.LAST, spread, false, 0);
  }

  /// @param name after `model.layers.{}.`
  /// @param stored after `transformer.layers.{}.`
  static TensorRule layer(String name, String stored, Spread spread) {
    return ofLayer("model.layers.{}." + name, stored, spread);
  }

  /// @param name whole
  /// @param stored after `transformer.layers.{}.`
  static TensorRule ofLayer(String name, String stored, Spread spread) {
    return new TensorRule(
        name, "transformer.layers.{}." + stored, Stage.OF_LAYER, spread, false, 0);
  }

  TensorRule asTransposed() {
    return new TensorRule(name, stored, stage, spread, true, unusedRows);
  }

  TensorRule withUnusedRows(int rows) {
    return new TensorRule(name, stored, stage, spread, transposed, rows);
  }
}
