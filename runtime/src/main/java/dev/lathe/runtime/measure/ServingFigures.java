package dev.lathe.runtime.measure;

import dev.lathe.runtime.metrics.StepRecord;

/// What users of a service feel, and what its owner gets out of it. Times in milliseconds, rates a
/// second.
///
/// @param firstToken TTFT: from submission to the first token, over requests
/// @param perToken TPOT: from the first token to the last, divided by the tokens after the first,
///     over requests of two tokens and more
/// @param betweenTokens ITL: between neighbouring tokens of one request, over all such pairs
/// @param latency from submission to the last token, over requests
/// @param seconds from the first submission to the last token
/// @param outputTokensOfUser mean over requests of output tokens divided by latency
/// @param promptTokens prompt tokens divided by the time of the steps that computed some, with the
///     host's time before each; 0 if there were no such steps
public record ServingFigures(
    Distribution firstToken,
    Distribution perToken,
    Distribution betweenTokens,
    Distribution latency,
    double seconds,
    double requests,
    double outputTokens,
    double outputTokensOfUser,
    double allTokens,
    double promptTokens) {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MILLI = 1e6;

  public static ServingFigures of(Measurement measured) {
    double seconds = measured.nanos() / NANOS_PER_SECOND;
    long tokens = measured.inputTokens() + measured.outputTokens();
    return new ServingFigures(
        Distribution.of(
            measured.requests().stream()
                .mapToDouble(request -> request.firstTokenNanos() / NANOS_PER_MILLI)),
        Distribution.of(
            measured.requests().stream()
                .filter(request -> request.outputTokens() > 1)
                .mapToDouble(ServingFigures::perTokenMillis)),
        Distribution.of(
            measured.requests().stream()
                .flatMapToLong(RequestTimes::gapNanos)
                .mapToDouble(nanos -> nanos / NANOS_PER_MILLI)),
        Distribution.of(
            measured.requests().stream()
                .mapToDouble(request -> request.latencyNanos() / NANOS_PER_MILLI)),
        seconds,
        measured.requests().size() / seconds,
        measured.outputTokens() / seconds,
        outputTokensOfUser(measured),
        tokens / seconds,
        promptTokens(measured));
  }

  private static double perTokenMillis(RequestTimes request) {
    long nanos = request.latencyNanos() - request.firstTokenNanos();
    return nanos / NANOS_PER_MILLI / (request.outputTokens() - 1);
  }

  private static double outputTokensOfUser(Measurement measured) {
    return measured.requests().stream()
        .mapToDouble(
            request -> request.outputTokens() / (request.latencyNanos() / NANOS_PER_SECOND))
        .average()
        .orElse(0);
  }

  private static double promptTokens(Measurement measured) {
    long tokens = measured.steps().stream().mapToLong(StepRecord::promptTokens).sum();
    long nanos =
        measured.steps().stream()
            .filter(step -> step.promptTokens() > 0)
            .mapToLong(StepRecord::nanos)
            .sum();
    return nanos == 0 ? 0 : tokens / (nanos / NANOS_PER_SECOND);
  }
}
