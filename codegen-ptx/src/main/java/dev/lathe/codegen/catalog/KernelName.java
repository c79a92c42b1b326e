package dev.lathe.codegen.catalog;

import dev.lathe.codegen.ptx.asm.Kernel;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Names of kernels: the template, and a digest of configuration and text. Equal kernels have equal
/// names, different ones different names, in every build.
final class KernelName {

  /// The name under which kernels are emitted, before there is a text to name them for.
  static final String NONE = "kernel";

  private KernelName() {}

  /// Names the kernels of one candidate: `rms_norm_row_3f9c0a1b2c4d`, a valid PTX identifier. What
  /// comes after [#NONE] in a name stays.
  static List<Kernel> give(String template, Record config, List<Kernel> kernels) {
    String digest = digest(template, config, kernels);
    String name = template.replaceAll("[^A-Za-z0-9]", "_") + "_" + digest;
    return kernels.stream()
        .map(kernel -> kernel.named(name + kernel.name().substring(NONE.length())))
        .toList();
  }

  private static String digest(String template, Record config, List<Kernel> kernels) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((template + "|" + config + "|").getBytes(StandardCharsets.UTF_8));
      for (Kernel kernel : kernels) {
        String text = kernel.threads() + "|" + kernel.sharedBytes() + "|" + kernel.ptx();
        digest.update(text.getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// A configuration as text: `warps=8, tokenTiles=1`; empty where there is nothing to tune.
  static String text(Record config) {
    String text = config.toString();
    return text.substring(text.indexOf('[') + 1, text.length() - 1);
  }

  /// Components of a configuration, by name.
  static Map<String, String> components(Record config) {
    Map<String, String> components = new TreeMap<>();
    for (RecordComponent component : config.getClass().getRecordComponents()) {
      try {
        var accessor = component.getAccessor();
        accessor.setAccessible(true);
        components.put(component.getName(), String.valueOf(accessor.invoke(config)));
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException("cannot read " + component + " of " + config, e);
      }
    }
    return components;
  }
}
