package dev.lathe.cli.inspect;

import dev.lathe.cli.console.TextTable;
import dev.lathe.frontend.ImporterRegistry;
import dev.lathe.frontend.spi.ModelImporter;
import java.security.CodeSource;
import java.util.List;

/// What `--plugins` prints: every importer that this installation has, and the jar it comes from.
final class PluginText {
  private PluginText() {}

  static List<String> lines() {
    TextTable table = new TextTable("importer", "architectures", "from");
    ImporterRegistry registry = ImporterRegistry.withPlugins(PluginText.class.getClassLoader());
    for (ModelImporter importer : registry.importers()) {
      table.row(
          importer.id(), String.join(", ", importer.architectures()), origin(importer.getClass()));
    }
    return table.lines();
  }

  private static String origin(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return "unknown";
    }
    String path = source.getLocation().getPath();
    String stripped = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return stripped.substring(stripped.lastIndexOf('/') + 1);
  }
}
