package dev.lathe.runtime;

import dev.lathe.engine.v1.Manifest.Encoder;
import java.util.Optional;

/// What an encoder can be asked for, and a model that generates cannot, and the other way round.
final class EncoderRequest {
  private EncoderRequest() {}

  /// @param promptLength in tokens
  /// @param encoder empty of a model that generates
  /// @throws InvalidRequestException if the model cannot do what is asked
  static void check(GenerationRequest request, int promptLength, Optional<Encoder> encoder) {
    if (encoder.isPresent() && request.maxOutputTokens() > 0) {
      throw new InvalidRequestException(
          "encoder-generates",
          "max_output_len is "
              + request.maxOutputTokens()
              + ", but the model is an encoder, which generates no tokens",
          "Ask for 0 tokens.");
    }
    if (!request.tokenTypes().isEmpty()) {
      checkTypes(request, promptLength, encoder.map(Encoder::tokenTypes).orElse(0));
    }
  }

  private static void checkTypes(GenerationRequest request, int promptLength, int known) {
    InvalidRequestException.require(
        known > 0, "token-types", "Kinds of tokens are given, but the model tells none apart");
    InvalidRequestException.require(
        request.tokenTypes().size() == promptLength,
        "token-types",
        request.tokenTypes().size() + " kinds are given for " + promptLength + " tokens");
    for (int type : request.tokenTypes()) {
      InvalidRequestException.require(
          type >= 0 && type < known,
          "token-types",
          "Kind " + type + " of a token is outside the " + known + " kinds of the model");
    }
  }
}
