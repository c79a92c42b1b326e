package dev.lathe.engine.file;

import dev.lathe.engine.v1.KernelEntry;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.weight.WeightExpr;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What goes into an engine file, but for the bytes of the weights.
///
/// @param generator name and version of the writer
/// @param target `sm_90a`, `sm_80`, `sm_89` or `cpu`
/// @param plans in the order in which the runtime tries them; names of their profiles are unique
/// @param weights in the order in which they shall lie
/// @param graph text of the graph that was lowered
/// @param tokenizer contents of tokenizer files by plain file name
/// @param tuning lines of the choices of kernels, each a JSON object; may be empty
/// @param provenance a JSON object that says where the engine came from; without dates, host names
///     and absolute paths, so that equal input gives equal bytes
public record EngineContent(
    String generator,
    String target,
    Manifest.Model model,
    Manifest.Limits limits,
    Manifest.KvCache kvCache,
    List<Plan> plans,
    List<Kernel> kernels,
    List<Weight> weights,
    String graph,
    Map<String, byte[]> tokenizer,
    String tuning,
    String provenance) {
  public EngineContent {
    plans = List.copyOf(plans);
    kernels = List.copyOf(kernels);
    weights = List.copyOf(weights);
    tokenizer = Map.copyOf(tokenizer);
  }

  /// A kernel with its text, and its machine code where `entry.cubin()`.
  public record Kernel(KernelEntry entry, String ptx, Optional<byte[]> cubin) {}

  /// A weight and how its bytes come to be.
  public record Weight(String name, WeightExpr source) {}
}
