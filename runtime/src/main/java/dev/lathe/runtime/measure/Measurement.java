package dev.lathe.runtime.measure;

import dev.lathe.runtime.metrics.StepRecord;
import java.util.List;

/// What was measured: every request, in the order of submission, and every step meanwhile.
///
/// @param requests at least one
public record Measurement(List<RequestTimes> requests, List<StepRecord> steps) {
  public Measurement {
    requests = List.copyOf(requests);
    steps = List.copyOf(steps);
    if (requests.isEmpty()) {
      throw new IllegalArgumentException("nothing was measured");
    }
  }

  public long inputTokens() {
    return requests.stream().mapToLong(RequestTimes::inputTokens).sum();
  }

  public long outputTokens() {
    return requests.stream().mapToLong(RequestTimes::outputTokens).sum();
  }

  /// Nanoseconds from the first submission to the last token.
  public long nanos() {
    long first =
        requests.stream().mapToLong(request -> request.times().submitted()).min().orElseThrow();
    long last =
        requests.stream()
            .mapToLong(request -> request.times().published().getLast())
            .max()
            .orElseThrow();
    return last - first;
  }
}
