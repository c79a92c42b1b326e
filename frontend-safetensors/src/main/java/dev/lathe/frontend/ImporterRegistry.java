package dev.lathe.frontend;

import dev.lathe.frontend.config.ConfigFields;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.frontend.family.BuiltInImporters;
import dev.lathe.frontend.spi.ModelImporter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/// The importers that there are: built-in ones and plugins, sorted by id.
public final class ImporterRegistry {
  private final List<ModelImporter> importers;
  private final Map<String, ModelImporter> byArchitecture = new HashMap<>();

  /// @throws IllegalArgumentException if two importers have one id or one architecture
  public ImporterRegistry(Collection<ModelImporter> importers) {
    this.importers = importers.stream().sorted(Comparator.comparing(ModelImporter::id)).toList();
    Map<String, ModelImporter> byId = new HashMap<>();
    for (ModelImporter importer : this.importers) {
      claim(byId, importer.id(), importer);
      for (String architecture : importer.architectures()) {
        claim(byArchitecture, architecture, importer);
      }
    }
  }

  private static void claim(
      Map<String, ModelImporter> owners, String name, ModelImporter importer) {
    ModelImporter other = owners.put(name, importer);
    if (other != null) {
      throw new IllegalArgumentException(
          "'"
              + name
              + "' is claimed by "
              + other.getClass().getName()
              + " and "
              + importer.getClass().getName());
    }
  }

  /// The built-in families alone.
  public static ImporterRegistry builtIn() {
    return new ImporterRegistry(BuiltInImporters.all());
  }

  /// The built-in families and all importers that the class loader's services declare.
  public static ImporterRegistry withPlugins(ClassLoader loader) {
    List<ModelImporter> all = new ArrayList<>(BuiltInImporters.all());
    ServiceLoader.load(ModelImporter.class, loader).forEach(all::add);
    return new ImporterRegistry(all);
  }

  /// All importers, sorted by id.
  public List<ModelImporter> importers() {
    return importers;
  }

  /// The importer for the configuration's architecture.
  ///
  /// @throws UnknownArchitectureException if there is none
  public ModelImporter find(ConfigFields config) {
    String architecture = ModelConfig.architecture(config);
    ModelImporter importer = byArchitecture.get(architecture);
    if (importer == null) {
      throw new UnknownArchitectureException(
          config.at("architectures"), architecture, byArchitecture.keySet());
    }
    return importer;
  }
}
