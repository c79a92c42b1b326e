package dev.lathe.codegen.kernel.row;

import dev.lathe.engine.v1.Ref;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What a step asks of [NormTemplate].
///
/// @param residual what is added first
/// @param sum where `in + residual` goes
/// @param weight as long as what is normalised: a row, or a group of its elements
/// @param centred true: the mean is subtracted first, as a layer norm does
record Norm(
    Ref in,
    Optional<Ref> residual,
    Optional<Ref> sum,
    Ref weight,
    Optional<Ref> bias,
    Ref out,
    boolean centred,
    float epsilon,
    float weightOffset) {

  /// A root mean square norm.
  static Norm rms(Ref in, Ref weight, Ref out, float epsilon, float weightOffset) {
    return new Norm(
        in,
        Optional.empty(),
        Optional.empty(),
        weight,
        Optional.empty(),
        out,
        false,
        epsilon,
        weightOffset);
  }

  /// A layer norm.
  static Norm layer(Ref in, Ref weight, Optional<Ref> bias, Ref out, float epsilon) {
    return new Norm(in, Optional.empty(), Optional.empty(), weight, bias, out, true, epsilon, 0);
  }

  /// The same norm of the sum of input and residual.
  Norm adding(Ref residual, Ref sum) {
    return new Norm(
        in,
        Optional.of(residual),
        Optional.of(sum),
        weight,
        bias,
        out,
        centred,
        epsilon,
        weightOffset);
  }

  /// All operands, in the order of the kernel's parameters.
  List<Ref> operands() {
    return Stream.of(Optional.of(in), residual, sum, Optional.of(weight), bias, Optional.of(out))
        .flatMap(Optional::stream)
        .toList();
  }
}
