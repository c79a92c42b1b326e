package dev.lathe.ir;

/// How a mixture of experts chooses and what its experts compute.
///
/// @param topK experts that a row goes through
/// @param normalise true: the weights of a row's experts sum to 1; false: they are probabilities
///     among all experts
/// @param function of the gate; one that [MatrixOp.Activation#gated] knows
public record ExpertSpec(int topK, boolean normalise, ActivationFunction function) {}
