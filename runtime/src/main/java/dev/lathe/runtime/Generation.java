package dev.lathe.runtime;

import dev.lathe.engine.v1.Manifest;
import dev.lathe.runtime.sample.AdjustmentTable;
import dev.lathe.runtime.sample.SamplingParameters;
import dev.lathe.runtime.sample.StopTokens;
import dev.lathe.runtime.schedule.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A sequence with everything that the session knows of it. Belongs to the driver thread once it is
/// submitted.
final class Generation extends Sequence {
  private final int[] tokenTypes;
  private final SamplingParameters sampling;
  private final long seed;
  private final Optional<AdjustmentTable> adjustments;
  private final StopTokens stops;
  private final Optional<TextOutput> text;
  private final boolean stopsAtText;
  private final TokenStream stream;
  private final Optional<LogitsListener> listener;
  private final boolean keepContextLogits;
  private final boolean keepGenerationLogits;
  private final Optional<long[]> times;
  private final List<float[]> contextLogits = new ArrayList<>();
  private final List<float[]> generationLogits = new ArrayList<>();
  private final long submitted = System.nanoTime();
  private long firstToken;
  private int contextRows;
  private int lastRow;
  private boolean failed;

  /// @param number of this output among those of the request, from 0
  Generation(
      GenerationRequest request,
      int number,
      int[] prompt,
      Manifest.Model model,
      Optional<TextOutput> text,
      TokenStream stream) {
    super(prompt, request.maxOutputTokens());
    tokenTypes = request.tokenTypes().stream().mapToInt(Integer::intValue).toArray();
    sampling = request.sampling();
    seed = sampling.seed() + number;
    stops = new StopTokens(request.endIds().orElse(model.endIds()), request.stopSequences());
    adjustments =
        sampling.adjusts()
            ? Optional.of(new AdjustmentTable(sampling, stops.endIds(), model.vocabularySize()))
            : Optional.empty();
    this.text = text;
    this.stream = stream;
    stopsAtText = !request.stopWords().isEmpty();
    listener = request.contextLogits();
    keepContextLogits = request.keepContextLogits();
    keepGenerationLogits = request.keepGenerationLogits();
    times =
        request.keepTokenTimes()
            ? Optional.of(new long[request.maxOutputTokens()])
            : Optional.empty();
  }

  /// Kind of the token at a position.
  int tokenType(int position) {
    return position < tokenTypes.length ? tokenTypes[position] : 0;
  }

  SamplingParameters sampling() {
    return sampling;
  }

  long seed() {
    return seed;
  }

  Optional<AdjustmentTable> adjustments() {
    return adjustments;
  }

  TokenStream stream() {
    return stream;
  }

  /// True if logits are wanted at a position of the prompt that have not been seen: an interrupted
  /// sequence computes its prompt again.
  boolean wantsContextRow(int position) {
    return position >= contextRows && position < promptLength() && wantsContextRows();
  }

  /// Blocks that others computed come without logits.
  @Override
  protected boolean sharesBlocks() {
    return !wantsContextRows();
  }

  /// True if logits of prompt tokens are wanted.
  boolean wantsContextRows() {
    return keepContextLogits || listener.isPresent();
  }

  boolean keepsGenerationLogits() {
    return keepGenerationLogits;
  }

  /// Row of the last step from which the token was sampled that is not known yet.
  int lastRow() {
    return lastRow;
  }

  void lastRow(int row) {
    lastRow = row;
  }

  /// Hands out the logits of a prompt token. A listener that throws ends this output alone.
  void contextRow(int position, float[] logits) {
    contextRows = position + 1;
    if (keepContextLogits) {
      contextLogits.add(logits.clone());
    }
    if (listener.isPresent() && !failed) {
      try {
        listener.get().row(position, logits);
      } catch (RuntimeException e) {
        failed = true;
        stream.fail(e);
      }
    }
  }

  /// True if the stream has ended with an exception of its listener.
  boolean failed() {
    return failed;
  }

  void generationRow(float[] logits) {
    generationLogits.add(logits.clone());
  }

  /// Publishes the token that was appended last, and says whether the output ends with it. The text
  /// thread renders it later, unless the text decides about the end.
  Optional<FinishReason> publish(int token, TextThread texts) {
    if (outputLength() == 1) {
      firstToken = System.nanoTime();
    }
    if (times.isPresent()) {
      times.get()[outputLength() - 1] = System.nanoTime();
    }
    boolean end = stops.isEnd(token);
    stream.publish(token, end);
    render(texts);
    if (end) {
      return Optional.of(FinishReason.END_ID);
    }
    if (stops.endsWithWord(this) || (stopsAtText && text.orElseThrow().stopped())) {
      return Optional.of(FinishReason.STOP_WORD);
    }
    return length() == maxLength() ? Optional.of(FinishReason.LENGTH) : Optional.empty();
  }

  private void render(TextThread texts) {
    if (stopsAtText) {
      stream.render();
    } else if (text.isPresent()) {
      texts.wake(stream);
    }
  }

  /// Ends the stream.
  void finish(FinishReason reason, TextThread texts) {
    List<Integer> tokens = new ArrayList<>(outputLength());
    for (int i = promptLength(); i < length(); i++) {
      tokens.add(token(i));
    }
    stream.end(
        new GenerationResult(
            tokens, "", reason, usage(), times(), contextLogits, generationLogits));
    render(texts);
  }

  private Optional<TokenTimes> times() {
    return times.map(nanos ->
        new TokenTimes(submitted, Arrays.stream(nanos, 0, outputLength()).boxed().toList()));
  }

  private GenerationResult.Usage usage() {
    return new GenerationResult.Usage(
        promptLength(),
        outputLength(),
        outputLength() == 0 ? 0 : firstToken - submitted,
        System.nanoTime() - submitted);
  }
}
