package dev.lathe.runtime.plugin;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;

/// The custom ops that the CPU can run, by name.
public final class CpuOperations {
  /// No custom op.
  public static final CpuOperations NONE = new CpuOperations(List.of());

  private final SortedMap<String, CpuOperation> byName = new TreeMap<>();

  /// @throws LatheException `plugin-conflict`, exit code 2, if two have one name
  public CpuOperations(Collection<CpuOperation> operations) {
    for (CpuOperation operation : operations) {
      CpuOperation other = byName.put(operation.name(), operation);
      if (other != null) {
        throw new LatheException(
            ExitCode.USAGE,
            "plugin-conflict",
            "The op '"
                + operation.name()
                + "' is claimed by "
                + other.getClass().getName()
                + " and "
                + operation.getClass().getName()
                + ".",
            "Load only one of the plugins.");
      }
    }
  }

  /// Those that the class loader's services declare.
  public static CpuOperations withPlugins(ClassLoader loader) {
    return new CpuOperations(
        ServiceLoader.load(CpuOperation.class, loader).stream()
            .map(ServiceLoader.Provider::get)
            .toList());
  }

  /// All operations, sorted by name.
  public Collection<CpuOperation> all() {
    return Collections.unmodifiableCollection(byName.values());
  }

  /// The operation of that name.
  ///
  /// @throws LatheException `plugin-missing`, exit code 5, if no plugin has it
  public CpuOperation require(String name) {
    CpuOperation operation = byName.get(name);
    if (operation == null) {
      throw new LatheException(
          ExitCode.BAD_ENGINE,
          "plugin-missing",
          "The engine uses the op '"
              + name
              + "' of a plugin, and no plugin here runs it on the CPU; there "
              + (byName.isEmpty() ? "is none." : "are " + String.join(", ", byName.keySet()) + "."),
          "Put the plugin's jar into the folder that --plugin_dir or LATHE_PLUGINS names, or on"
              + " the class path.");
    }
    return operation;
  }
}
