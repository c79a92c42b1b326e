package dev.lathe.frontend.spi;

import dev.lathe.engine.type.DType;
import java.util.Optional;

/// What the user may decide about an import.
///
/// @param dtype of activations and weights; empty: that of the configuration, or else that of most
///     bytes of the checkpoint
/// @param positions rows of the rotary table, that is, the longest sequence; empty: what the
///     configuration says
public record ImportOptions(Optional<DType> dtype, Optional<Integer> positions) {
  public static final ImportOptions DEFAULT = new ImportOptions(Optional.empty(), Optional.empty());

  public ImportOptions {
    dtype
        .filter(type -> !type.isFloat())
        .ifPresent(type -> {
          throw new IllegalArgumentException("a model cannot compute in " + type.text());
        });
  }

  public ImportOptions withDtype(DType type) {
    return new ImportOptions(Optional.of(type), positions);
  }

  public ImportOptions withPositions(int count) {
    return new ImportOptions(dtype, Optional.of(count));
  }
}
