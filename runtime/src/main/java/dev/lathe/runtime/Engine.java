package dev.lathe.runtime;

import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.runtime.device.Device;
import dev.lathe.runtime.device.EngineImage;
import dev.lathe.runtime.text.Tokenizer;
import java.nio.file.Path;
import java.util.Optional;

/// A loaded engine on the device that will run it. Immutable and thread-safe; sessions do the work.
/// To be closed after its sessions.
public final class Engine implements AutoCloseable {
  private final EngineImage image;
  private final Device device;
  private final Optional<Tokenizer> tokenizer;
  private final AutoCloseable file;

  /// An engine over parts that the caller made; it closes device and tokenizer.
  ///
  /// @param file closed last: the map behind the image
  public Engine(
      EngineImage image, Device device, Optional<Tokenizer> tokenizer, AutoCloseable file) {
    this.image = image;
    this.device = device;
    this.tokenizer = tokenizer;
    this.file = file;
  }

  /// Opens and verifies an engine, and the best device for it.
  ///
  /// @param path engine directory, or the `.engine` file itself
  /// @throws LatheException exit code 5 if the file is no sound engine, 3 if there is no usable GPU
  ///     where one is asked for
  public static Engine load(Path path) {
    return load(path, EngineOptions.DEFAULT);
  }

  /// As [#load(Path)], with a choice of device and tokenizer.
  public static Engine load(Path path, EngineOptions options) {
    return EngineLoader.load(path, options);
  }

  public Manifest manifest() {
    return image.manifest();
  }

  /// The engine file as a device sees it: plans, weights, kernels.
  public EngineImage image() {
    return image;
  }

  public Device device() {
    return device;
  }

  /// The tokenizer, unless the engine has none.
  public Optional<Tokenizer> tokenizer() {
    return tokenizer;
  }

  /// Uploads the weights and starts to wait for requests.
  ///
  /// @throws LatheException exit code 6 if the device has too little memory
  public Session newSession() {
    return newSession(SessionOptions.DEFAULT);
  }

  /// As [#newSession()], with limits of memory and a policy of scheduling.
  public Session newSession(SessionOptions options) {
    try {
      return new Session(this, device.open(image, options.limits()), options);
    } catch (OutOfMemoryError e) {
      throw new HeapExhaustedException(e);
    }
  }

  /// The prompt's token ids, after a check that this engine can do what is asked.
  int[] check(GenerationRequest request) {
    if (request.withText() && tokenizer.isEmpty()) {
      throw new InvalidRequestException(
          "tokenizer",
          "The engine has no tokenizer, so it can neither read nor write text",
          "Name one with --tokenizer_dir, or work with token ids.");
    }
    boolean wantsContext = request.keepContextLogits() || request.contextLogits().isPresent();
    if (wantsContext && !manifest().limits().contextLogits()) {
      throw new InvalidRequestException(
          "context-logits",
          "The engine was built without logits of prompt tokens",
          "Build it with --gather_context_logits.");
    }
    int[] prompt = ids(request.prompt());
    InvalidRequestException.require(prompt.length > 0, "prompt", "The prompt has no tokens");
    for (int id : prompt) {
      InvalidRequestException.require(
          id >= 0 && id < manifest().model().vocabularySize(),
          "token-id",
          "Token id "
              + id
              + " is outside the vocabulary of "
              + manifest().model().vocabularySize());
    }
    EncoderRequest.check(request, prompt.length, manifest().model().encoder());
    return prompt;
  }

  private int[] ids(GenerationRequest.Prompt prompt) {
    return switch (prompt) {
      case GenerationRequest.Prompt.Text(String text) -> requireTokenizer().encode(text);
      case GenerationRequest.Prompt.Tokens tokens ->
          tokens.ids().stream().mapToInt(Integer::intValue).toArray();
    };
  }

  private Tokenizer requireTokenizer() {
    return tokenizer.orElseThrow(() ->
        new InvalidRequestException(
            "tokenizer",
            "The prompt is a text, and the engine has no tokenizer",
            "Name one with --tokenizer_dir, or give token ids."));
  }

  @Override
  public void close() {
    device.close();
    tokenizer.ifPresent(Tokenizer::close);
    try {
      file.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("the engine file cannot be closed", e);
    }
  }
}
