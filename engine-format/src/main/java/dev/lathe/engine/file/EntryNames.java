package dev.lathe.engine.file;

import java.util.regex.Pattern;

/// Names of the entries of an engine file.
final class EntryNames {
  static final String MANIFEST = "manifest.json";
  static final String GRAPH = "graph.ir";
  static final String TUNING = "tuning.jsonl";
  static final String PROVENANCE = "provenance.json";
  static final String TOKENIZER = "tokenizer/";

  private static final Pattern LEGAL =
      Pattern.compile(
          "[A-Za-z0-9_$-][A-Za-z0-9_.$-]{0,199}(/[A-Za-z0-9_$-][A-Za-z0-9_.$-]{0,199})?");

  private EntryNames() {}

  static String plan(String profile) {
    return "plan/" + profile + ".json";
  }

  static String ptx(String kernel) {
    return "kernels/" + kernel + ".ptx";
  }

  static String cubin(String kernel) {
    return "kernels/" + kernel + ".cubin";
  }

  static String weights(int segment) {
    return "weights/" + segment + ".bin";
  }

  static String tokenizer(String file) {
    return TOKENIZER + file;
  }

  /// True for a name that any tool can unpack below the directory where it stands: at most one
  /// folder, no part that begins with a dot, printable ASCII.
  static boolean isLegal(String name) {
    return LEGAL.matcher(name).matches();
  }
}
