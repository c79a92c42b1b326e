package dev.lathe.frontend.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the Hugging Face configuration class of a family says of fields: the values of absent ones,
/// and other names.
///
/// @param tiedEmbeddings `tie_word_embeddings`
/// @param maxPositions `max_position_embeddings`
/// @param keyValueHeads `num_key_value_heads` where the field is absent; a field that is null, or
///     an empty default, means as many as query heads
/// @param headDim `head_dim` where the field is absent; null or an empty default means hidden size
///     by heads
/// @param epsilon `rms_norm_eps`
/// @param activation `hidden_act`
/// @param innerFactor `intermediate_size` as a multiple of the hidden size where the field is
///     absent or null; empty: it must be there
/// @param names for names that this package uses, those of the family, preferred ones first;
///     `rms_norm_eps` stands for the epsilon of any norm
/// @param nested the object that has the decoder's fields, if the file has it
public record FamilyDefaults(
    boolean tiedEmbeddings,
    int maxPositions,
    Optional<Integer> keyValueHeads,
    Optional<Integer> headDim,
    double epsilon,
    String activation,
    Optional<Integer> innerFactor,
    Map<String, List<String>> names,
    Optional<String> nested) {
  public FamilyDefaults {
    names = Map.copyOf(names);
  }

  /// As Llama: no names of its own, epsilon 1e-6, silu.
  public FamilyDefaults(
      boolean tiedEmbeddings,
      int maxPositions,
      Optional<Integer> keyValueHeads,
      Optional<Integer> headDim) {
    this(
        tiedEmbeddings,
        maxPositions,
        keyValueHeads,
        headDim,
        1e-6,
        "silu",
        Optional.empty(),
        Map.of(),
        Optional.empty());
  }

  /// As many key and value heads as query heads, of hidden size by heads.
  public static FamilyDefaults of(boolean tiedEmbeddings, int maxPositions) {
    return new FamilyDefaults(tiedEmbeddings, maxPositions, Optional.empty(), Optional.empty());
  }

  public FamilyDefaults withEpsilon(double value) {
    return new FamilyDefaults(
        tiedEmbeddings,
        maxPositions,
        keyValueHeads,
        headDim,
        value,
        activation,
        innerFactor,
        names,
        nested);
  }

  public FamilyDefaults withActivation(String name) {
    return new FamilyDefaults(
        tiedEmbeddings,
        maxPositions,
        keyValueHeads,
        headDim,
        epsilon,
        name,
        innerFactor,
        names,
        nested);
  }

  public FamilyDefaults withInnerFactor(int factor) {
    return new FamilyDefaults(
        tiedEmbeddings,
        maxPositions,
        keyValueHeads,
        headDim,
        epsilon,
        activation,
        Optional.of(factor),
        names,
        nested);
  }

  public FamilyDefaults withNames(Map<String, List<String>> table) {
    return new FamilyDefaults(
        tiedEmbeddings,
        maxPositions,
        keyValueHeads,
        headDim,
        epsilon,
        activation,
        innerFactor,
        table,
        nested);
  }

  public FamilyDefaults withNested(String object) {
    return new FamilyDefaults(
        tiedEmbeddings,
        maxPositions,
        keyValueHeads,
        headDim,
        epsilon,
        activation,
        innerFactor,
        names,
        Optional.of(object));
  }
}
