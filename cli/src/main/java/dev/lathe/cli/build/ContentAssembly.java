package dev.lathe.cli.build;

import com.google.gson.JsonObject;
import dev.lathe.cli.console.Version;
import dev.lathe.engine.file.EngineContent;
import dev.lathe.engine.file.EngineContent.Kernel;
import dev.lathe.engine.file.EngineContent.Weight;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.frontend.ImportedModel;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.ir.text.IrPrinter;
import dev.lathe.passes.plan.CompiledModel;
import dev.lathe.passes.tune.Tuning;
import java.util.List;
import java.util.Optional;

/// Puts together what goes into the engine file.
///
/// @param kernels with machine code where there is some
record ContentAssembly(
    ImportedModel model,
    CompiledModel compiled,
    List<Kernel> kernels,
    Tuning tuning,
    SourceModel source) {

  EngineContent content() {
    return new EngineContent(
        "lathe " + Version.text(),
        compiled.target(),
        description(),
        compiled.limits(),
        compiled.kvCache(),
        compiled.plans(),
        kernels,
        compiled.weights().stream()
            .map(weight -> new Weight(weight.name(), weight.source()))
            .toList(),
        IrPrinter.print(compiled.graph()),
        source.tokenizerFiles(),
        tuning.lines(),
        provenance());
  }

  private Manifest.Model description() {
    ModelConfig config = model.config();
    return new Manifest.Model(
        config.architecture(),
        model.dtype(),
        compiled.parameters(),
        config.layers(),
        config.hiddenSize(),
        config.vocabularySize(),
        config.maxPositions(),
        config.beginId(),
        config.endIds(),
        compiled.graph().isEncoder() ? Optional.of(encoder()) : Optional.empty());
  }

  private Manifest.Encoder encoder() {
    long columns = compiled.graph().outputs().getFirst().type().columns();
    return new Manifest.Encoder(Math.toIntExact(columns), compiled.graph().tokenTypes());
  }

  private String provenance() {
    JsonObject json = new JsonObject();
    json.addProperty("importer", model.importer());
    json.addProperty("tensor_bytes", source.tensorBytes());
    json.addProperty("weights", source.tensorBytes() == 0 ? "generated" : "checkpoint");
    return json.toString();
  }
}
