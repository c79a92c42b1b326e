package dev.lathe.cli.inspect;

import dev.lathe.cli.console.TextTable;
import dev.lathe.cli.wiring.KernelToolchain;
import dev.lathe.cli.wiring.PluginFolder;
import dev.lathe.codegen.catalog.PtxKernelCatalog;
import dev.lathe.codegen.kernel.KernelTemplate;
import dev.lathe.frontend.ImporterRegistry;
import dev.lathe.frontend.spi.ModelImporter;
import dev.lathe.runtime.plugin.CpuOperation;
import dev.lathe.runtime.plugin.CpuOperations;
import java.security.CodeSource;
import java.util.List;

/// What `--plugins` prints: every importer that this installation has, what plugins add besides,
/// and the jar that each comes from.
final class PluginText {
  private PluginText() {}

  static List<String> lines() {
    TextTable table = new TextTable("extension", "name", "for", "from");
    ClassLoader loader = PluginFolder.loader();
    for (ModelImporter importer : ImporterRegistry.withPlugins(loader).importers()) {
      String architectures = String.join(", ", importer.architectures());
      table.row("importer", importer.id(), architectures, origin(importer.getClass()));
    }
    List<KernelTemplate<?, ?, ?>> builtIn = PtxKernelCatalog.builtIn().templates();
    for (KernelTemplate<?, ?, ?> template : KernelToolchain.templates().templates()) {
      if (!builtIn.contains(template)) {
        String step = template.op().getSimpleName();
        table.row("kernel", template.id(), step, origin(template.getClass()));
      }
    }
    for (CpuOperation operation : CpuOperations.withPlugins(loader).all()) {
      table.row("cpu op", operation.name(), "Custom", origin(operation.getClass()));
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
