package dev.lathe.codegen.catalog;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/// Names of kernels: the template, and a digest of problem, configuration and target. Equal
/// kernels have equal names, different ones different names, in every build.
final class KernelName {
  private KernelName() {}

  /// A valid PTX identifier: `rms_norm_row_3f9c0a1b2c4d`.
  static String of(String template, Record problem, Record config, String target) {
    String key = template + "|" + problem + "|" + config + "|" + target;
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      String hex = HexFormat.of().formatHex(digest, 0, 6);
      return template.replaceAll("[^A-Za-z0-9]", "_") + "_" + hex;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
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
