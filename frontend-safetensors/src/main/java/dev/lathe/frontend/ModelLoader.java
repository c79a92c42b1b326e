package dev.lathe.frontend;

import dev.lathe.engine.type.DType;
import dev.lathe.frontend.checkpoint.Checkpoint;
import dev.lathe.frontend.checkpoint.CheckpointFile;
import dev.lathe.frontend.checkpoint.TensorEntry;
import dev.lathe.frontend.config.ConfigFields;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.frontend.layout.CheckpointLayout;
import dev.lathe.frontend.layout.NamedTensors;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.frontend.spi.ModelImporter;
import dev.lathe.ir.CheckpointMismatchException;
import dev.lathe.ir.Graph;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.TensorProblem;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Imports models, from checkpoints of the layouts of Hugging Face and of TensorRT-LLM.
public final class ModelLoader {
  private final ImporterRegistry importers;

  public ModelLoader(ImporterRegistry importers) {
    this.importers = importers;
  }

  /// The graph of a checkpoint; its weights are expressions over the checkpoint's tensors.
  ///
  /// @throws UnknownArchitectureException if no importer reads it
  /// @throws TensorMismatchException if tensors are missing, misshapen or left over
  /// @throws dev.lathe.frontend.config.ConfigException if its configuration is bad
  public ImportedModel load(Checkpoint checkpoint, ImportOptions options) {
    CheckpointLayout layout = CheckpointLayout.of(checkpoint);
    ModelImporter importer = importers.find(layout.config());
    ModelConfig config =
        ModelConfig.read(layout.config(), generation(checkpoint), importer.defaults());
    DType dtype = options.dtype().or(config::dtype).orElseGet(() -> prevailingDtype(checkpoint));
    ModelBuilder model = ModelBuilder.fromCheckpoint(dtype, layout.tensors());
    importer.define(config, options, model);
    var leftOver = new LeftOverTensors(checkpoint, layout.tensors(), config, importer);
    List<String> unused = leftOver.of(model);
    return new ImportedModel(
        build(checkpoint, layout.tensors(), model, unused), config, importer.id(), dtype);
  }

  /// The graph of a configuration with made-up weights: normal with a deviation of 0.02, the
  /// weights of norms around 1; a pure function of the tensors' names and the seed.
  ///
  /// @param where names the configuration in errors
  /// @param config bytes of `config.json`
  public ImportedModel random(String where, byte[] config, long seed, ImportOptions options) {
    ConfigFields fields = CheckpointLayout.config(where, config);
    ModelImporter importer = importers.find(fields);
    ModelConfig model = ModelConfig.read(fields, Optional.empty(), importer.defaults());
    DType dtype = options.dtype().or(model::dtype).orElse(DType.BF16);
    ModelBuilder builder = ModelBuilder.withRandomWeights(dtype, seed);
    importer.define(model, options, builder);
    return new ImportedModel(builder.build(), model, importer.id(), dtype);
  }

  /// The tensors that a checkpoint of this configuration has, in the order of the model, with their
  /// shapes.
  ///
  /// @param where names the configuration in errors
  public List<TensorProblem> requiredTensors(String where, byte[] config) {
    ConfigFields fields = CheckpointLayout.config(where, config);
    ModelImporter importer = importers.find(fields);
    ModelConfig model = ModelConfig.read(fields, Optional.empty(), importer.defaults());
    ModelBuilder builder = ModelBuilder.fromCheckpoint(DType.F32, _ -> Optional.empty());
    importer.define(model, ImportOptions.DEFAULT, builder);
    try {
      builder.build();
    } catch (CheckpointMismatchException e) {
      return e.problems();
    }
    return List.of();
  }

  private static Optional<ConfigFields> generation(Checkpoint checkpoint) {
    CheckpointFile file = CheckpointFile.GENERATION_CONFIG;
    String where = checkpoint.location().resolve(file.fileName()).toString();
    return checkpoint.file(file).map(bytes -> ConfigFields.parse(where, bytes));
  }

  private static DType prevailingDtype(Checkpoint checkpoint) {
    Map<DType, Long> bytes = new EnumMap<>(DType.class);
    for (TensorEntry tensor : checkpoint.tensors().values()) {
      if (tensor.dtype().isFloat()) {
        bytes.merge(tensor.dtype(), tensor.bytes(), Long::sum);
      }
    }
    return bytes.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(DType.BF16);
  }

  private static Graph build(
      Checkpoint checkpoint, NamedTensors tensors, ModelBuilder model, List<String> unused) {
    String where = checkpoint.location().toString();
    Graph graph;
    try {
      graph = model.build();
    } catch (CheckpointMismatchException e) {
      throw new TensorMismatchException(where, tensors.ofStored(e.problems()), unused, e);
    }
    if (!unused.isEmpty()) {
      throw new TensorMismatchException(where, List.of(), unused, null);
    }
    return graph;
  }
}
