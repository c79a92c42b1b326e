package dev.lathe.frontend.checkpoint;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A file of the TensorRT-LLM layout: what one rank of a parallel model holds.
public record RankFile(int rank) {
  private static final Pattern NAME = Pattern.compile("rank(0|[1-9]\\d{0,5})\\.safetensors");

  /// The file of that name; empty if it is another kind of file.
  static Optional<RankFile> of(String fileName) {
    Matcher matcher = NAME.matcher(fileName);
    return matcher.matches()
        ? Optional.of(new RankFile(Integer.parseInt(matcher.group(1))))
        : Optional.empty();
  }

  /// `rank1.safetensors`.
  public String fileName() {
    return "rank" + rank + ".safetensors";
  }

  /// Name of a tensor of this file in its checkpoint: `rank1/lm_head.weight`.
  public String qualified(String tensor) {
    return "rank" + rank + "/" + tensor;
  }
}
