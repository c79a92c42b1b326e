package dev.lathe.frontend.config;

import java.util.Optional;

/// Values that the Hugging Face configuration class of a family gives to absent fields.
///
/// @param tiedEmbeddings `tie_word_embeddings`
/// @param maxPositions `max_position_embeddings`
/// @param keyValueHeads `num_key_value_heads` where the field is absent; a field that is null, or
///     an empty default, means as many as query heads
/// @param headDim `head_dim` where the field is absent; null or an empty default means hidden size
///     by heads
public record FamilyDefaults(
    boolean tiedEmbeddings,
    int maxPositions,
    Optional<Integer> keyValueHeads,
    Optional<Integer> headDim) {}
