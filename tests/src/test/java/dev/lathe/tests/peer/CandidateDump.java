package dev.lathe.tests.peer;

import com.google.gson.GsonBuilder;
import dev.lathe.codegen.catalog.PtxKernelCatalog;
import dev.lathe.codegen.catalog.PtxKernelCatalog.Candidate;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.KernelEntry;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Launch.Argument;
import dev.lathe.passes.select.Lowering;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Writes candidates for steps: `cases.json` with configurations, estimates and launches, and the
/// PTX of each kernel. Arguments: folder, most candidates of a template, then steps as
/// [PeerStep#parse] reads them.
public final class CandidateDump {
  private final Path folder;
  private final int most;

  private CandidateDump(Path folder, int most) {
    this.folder = folder;
    this.most = most;
  }

  public static void main(String... arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    CandidateDump dump = new CandidateDump(folder, Integer.parseInt(arguments[1]));
    List<Map<String, Object>> cases = new ArrayList<>();
    for (int i = 2; i < arguments.length; i++) {
      cases.add(dump.write(PeerStep.parse(arguments[i])));
    }
    String json = new GsonBuilder().setPrettyPrinting().create().toJson(cases);
    Files.writeString(folder.resolve("cases.json"), json);
  }

  private Map<String, Object> write(PeerStep step) throws IOException {
    List<Candidate> all =
        new ArrayList<>(
            PtxKernelCatalog.builtIn().candidates(step.op(), step.context(), new ArrayList<>()));
    all.sort(Comparator.comparing(Candidate::cost));
    Map<String, Integer> counts = new HashMap<>();
    List<Map<String, Object>> written = new ArrayList<>();
    for (Candidate candidate : all) {
      if (counts.merge(candidate.template(), 1, Integer::sum) <= most) {
        written.add(write(candidate, step.context().profile().max()));
      }
    }
    Map<String, Object> fields = new TreeMap<>(step.facts());
    fields.put("name", step.name());
    fields.put("candidates", written);
    return fields;
  }

  private Map<String, Object> write(Candidate candidate, Sizes sizes) throws IOException {
    Lowering lowering = candidate.lower();
    List<Map<String, Object>> kernels = new ArrayList<>();
    for (Lowering.KernelSource source : lowering.kernels()) {
      KernelEntry entry = source.entry();
      Files.writeString(folder.resolve(entry.name() + ".ptx"), source.ptx());
      kernels.add(
          Map.of(
              "name", entry.name(),
              "threads", entry.threads(),
              "shared", entry.sharedBytes(),
              "early", entry.startsEarly()));
    }
    return Map.of(
        "template", candidate.template(),
        "config", candidate.config(),
        "estimate", candidate.cost().micros(),
        "kernels", kernels,
        "workspace", lowering.workspace().stream().map(w -> workspace(w, sizes)).toList(),
        "launches", lowering.launches().stream().map(launch -> launch(launch, sizes)).toList());
  }

  private static Map<String, Object> workspace(Lowering.Workspace buffer, Sizes sizes) {
    long bytes =
        buffer.shape().stream()
            .mapToLong(dim -> dim.evaluate(sizes))
            .reduce(buffer.dtype().bytes(), Math::multiplyExact);
    return Map.of("name", buffer.name(), "bytes", bytes);
  }

  private static Map<String, Object> launch(Launch launch, Sizes sizes) {
    List<Long> grid =
        List.of(
            launch.gridX().evaluate(sizes),
            launch.gridY().evaluate(sizes),
            launch.gridZ().evaluate(sizes));
    List<Map<String, Object>> arguments =
        launch.arguments().stream().map(argument -> argument(argument, sizes)).toList();
    return Map.of("kernel", launch.kernel(), "grid", grid, "args", arguments);
  }

  private static Map<String, Object> argument(Argument argument, Sizes sizes) {
    return switch (argument) {
      case Argument.Pointer(var ref) -> Map.of("kind", "ptr", "ref", ref.name());
      case Argument.Size(var size) -> Map.of("kind", "int", "value", size.evaluate(sizes));
      case Argument.Int(int value) -> Map.of("kind", "int", "value", value);
      case Argument.Float(float value) -> Map.of("kind", "float", "value", value);
      case Argument.Tensor(Launch.TensorMap map) ->
          Map.of(
              "kind", "map",
              "ref", map.ref().name(),
              "dtype", map.dtype().name(),
              "dims", map.dims(),
              "strides", map.strideBytes(),
              "box", map.box(),
              "swizzle", map.swizzleBytes());
    };
  }
}
