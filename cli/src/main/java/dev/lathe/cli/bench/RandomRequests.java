package dev.lathe.cli.bench;

import dev.lathe.runtime.measure.LoadRequest;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Requests whose prompts are random token ids. Equal seeds give equal requests.
///
/// @param vocabulary ids are below it
record RandomRequests(int vocabulary, int inputTokens, int outputTokens, long seed) {

  List<LoadRequest> first(int count) {
    SplittableRandom random = new SplittableRandom(seed);
    return IntStream.range(0, count)
        .mapToObj(i -> new LoadRequest(Integer.toString(i), prompt(random.split()), outputTokens))
        .toList();
  }

  private List<Integer> prompt(SplittableRandom random) {
    return random.ints(inputTokens, 0, vocabulary).boxed().toList();
  }
}
