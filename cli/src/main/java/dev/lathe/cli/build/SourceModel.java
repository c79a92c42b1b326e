package dev.lathe.cli.build;

import dev.lathe.cli.wiring.PluginFolder;
import dev.lathe.engine.weight.TensorSource;
import dev.lathe.frontend.ImportedModel;
import dev.lathe.frontend.ImporterRegistry;
import dev.lathe.frontend.ModelLoader;
import dev.lathe.frontend.checkpoint.Checkpoint;
import dev.lathe.frontend.checkpoint.CheckpointOptions;
import dev.lathe.frontend.spi.ImportOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.NoSuchElementException;

/// Where a build gets its model from: a checkpoint, or a configuration with generated weights.
interface SourceModel extends AutoCloseable {

  ImportedModel load(ImportOptions options);

  /// Tensors that the weights of the model are made of.
  TensorSource tensors();

  /// Contents of tokenizer files by name; empty if there are none.
  Map<String, byte[]> tokenizerFiles();

  /// Bytes of all tensors.
  long tensorBytes();

  @Override
  void close();

  /// Opens what the request names.
  static SourceModel open(BuildRequest request) throws IOException {
    return request.weightsGenerated()
        ? new Generated(request.model(), Files.readAllBytes(request.model()))
        : new OfCheckpoint(
            Checkpoint.open(
                request.model(), CheckpointOptions.DEFAULT.withAllowLinks(request.allowLinks())));
  }

  private static ModelLoader loader() {
    return new ModelLoader(ImporterRegistry.withPlugins(PluginFolder.loader()));
  }

  /// A checkpoint on disk.
  record OfCheckpoint(Checkpoint checkpoint) implements SourceModel {
    @Override
    public ImportedModel load(ImportOptions options) {
      return loader().load(checkpoint, options);
    }

    @Override
    public TensorSource tensors() {
      return checkpoint;
    }

    @Override
    public Map<String, byte[]> tokenizerFiles() {
      return checkpoint.tokenizerFiles();
    }

    @Override
    public long tensorBytes() {
      return checkpoint.tensorBytes();
    }

    @Override
    public void close() {
      checkpoint.close();
    }
  }

  /// A configuration alone.
  record Generated(Path path, byte[] config) implements SourceModel {
    private static final long SEED = 0;

    @Override
    public ImportedModel load(ImportOptions options) {
      return loader().random(path.toString(), config, SEED, options);
    }

    @Override
    public TensorSource tensors() {
      return name -> {
        throw new NoSuchElementException(name);
      };
    }

    @Override
    public Map<String, byte[]> tokenizerFiles() {
      return Map.of();
    }

    @Override
    public long tensorBytes() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
