package dev.lathe.ir;

/// How a model rotates its queries and keys.
///
/// @param table `(positions, rotaryDim)` f32, see [ModelBuilder#rotaryTable]
/// @param headDim elements of a head; the first rotaryDim of them are rotated
/// @param interleaved true: neighbours 2i and 2i + 1 form a pair (GPT-J); false: i and
///     i + rotaryDim/2 (Llama, GPT-NeoX)
public record RotarySpec(Value table, int headDim, boolean interleaved) {}
