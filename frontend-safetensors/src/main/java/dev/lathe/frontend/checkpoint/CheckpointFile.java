package dev.lathe.frontend.checkpoint;

import java.util.List;

/// The small files of a checkpoint, with the size up to which each is read.
public enum CheckpointFile {
  CONFIG("config.json", 16L << 20),
  GENERATION_CONFIG("generation_config.json", 1L << 20),
  TOKENIZER_JSON("tokenizer.json", 256L << 20),
  TOKENIZER_CONFIG("tokenizer_config.json", 64L << 20),
  TOKENIZER_MODEL("tokenizer.model", 64L << 20),
  SPECIAL_TOKENS("special_tokens_map.json", 16L << 20),
  ADDED_TOKENS("added_tokens.json", 16L << 20),
  VOCABULARY("vocab.json", 64L << 20),
  MERGES("merges.txt", 64L << 20),
  CHAT_TEMPLATE("chat_template.jinja", 1L << 20),
  CHAT_TEMPLATE_JSON("chat_template.json", 1L << 20);

  /// What a tokenizer may consist of.
  public static final List<CheckpointFile> TOKENIZER =
      List.of(
          TOKENIZER_JSON,
          TOKENIZER_CONFIG,
          TOKENIZER_MODEL,
          SPECIAL_TOKENS,
          ADDED_TOKENS,
          VOCABULARY,
          MERGES,
          CHAT_TEMPLATE,
          CHAT_TEMPLATE_JSON);

  private final String fileName;
  private final long maxBytes;

  CheckpointFile(String fileName, long maxBytes) {
    this.fileName = fileName;
    this.maxBytes = maxBytes;
  }

  public String fileName() {
    return fileName;
  }

  public long maxBytes() {
    return maxBytes;
  }
}
