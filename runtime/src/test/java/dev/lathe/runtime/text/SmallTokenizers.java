package dev.lathe.runtime.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Tokenizers made for tests, as the content of a `tokenizer.json`.
public final class SmallTokenizers {
  private SmallTokenizers() {}

  /// Byte-level: token b is the byte b; 256 is the special token `<end>`.
  public static byte[] bytes() {
    StringBuilder vocabulary = new StringBuilder();
    int shifted = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b > 32 && b < 127) || (b > 160 && b != 173);
      vocabulary.append(entry(Character.toString(printable ? b : shifted++), b)).append(',');
    }
    return json(
        "[" + special(256, "<end>") + "]",
        "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true,"
            + "\"use_regex\":true}",
        "{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":true,"
            + "\"use_regex\":true}",
        "null",
        "{\"type\":\"BPE\",\"vocab\":{" + vocabulary + entry("<end>", 256) + "},\"merges\":[]}");
  }

  /// Like SentencePiece with byte fallback: token b is the byte b, 256 a space, 257 to 282 the
  /// letters a to z. The post-processor puts 283, `<s>`, in front.
  public static byte[] byteFallback() {
    List<String> entries = new ArrayList<>();
    for (int b = 0; b < 256; b++) {
      entries.add(entry("<0x%02X>".formatted(b), b));
    }
    entries.add(entry("\u2581", 256));
    for (int i = 0; i < 26; i++) {
      entries.add(entry(Character.toString('a' + i), 257 + i));
    }
    entries.add(entry("<s>", 283));
    return json(
        "[" + special(283, "<s>") + "]",
        "{\"type\":\"Metaspace\",\"replacement\":\"\u2581\",\"prepend_scheme\":\"first\","
            + "\"split\":false}",
        "{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Replace\",\"pattern\":"
            + "{\"String\":\"\u2581\"},\"content\":\" \"},{\"type\":\"ByteFallback\"},"
            + "{\"type\":\"Fuse\"},{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}]}",
        "{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"<s>\","
            + "\"type_id\":0}},{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}],\"pair\":["
            + "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}},{\"Sequence\":{\"id\":\"B\","
            + "\"type_id\":1}}],\"special_tokens\":{\"<s>\":{\"id\":\"<s>\",\"ids\":[283],"
            + "\"tokens\":[\"<s>\"]}}}",
        "{\"type\":\"BPE\",\"byte_fallback\":true,\"vocab\":{"
            + String.join(",", entries)
            + "},\"merges\":[]}");
  }

  private static String entry(String token, int id) {
    String quoted = token.replace("\\", "\\\\").replace("\"", "\\\"");
    return "\"" + quoted + "\":" + id;
  }

  private static String special(int id, String text) {
    return "{\"id\":%d,\"content\":\"%s\",\"single_word\":false,\"lstrip\":false,\"rstrip\":false,"
            .formatted(id, text)
        + "\"normalized\":false,\"special\":true}";
  }

  /// Truncation and padding are asked for, as some published files do by mistake.
  private static byte[] json(
      String added, String preTokenizer, String decoder, String postProcessor, String model) {
    return ("{\"version\":\"1.0\",\"truncation\":{\"direction\":\"Right\",\"max_length\":4,"
            + "\"strategy\":\"LongestFirst\",\"stride\":0},\"padding\":{\"strategy\":{\"Fixed\":9},"
            + "\"direction\":\"Right\",\"pad_to_multiple_of\":null,\"pad_id\":0,"
            + "\"pad_type_id\":0,\"pad_token\":\"x\"},\"normalizer\":null,\"added_tokens\":"
            + added
            + ",\"pre_tokenizer\":"
            + preTokenizer
            + ",\"decoder\":"
            + decoder
            + ",\"post_processor\":"
            + postProcessor
            + ",\"model\":"
            + model
            + "}")
        .getBytes(StandardCharsets.UTF_8);
  }
}
