package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.attention.wgmma.HeadPanels.Panel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Launch.TensorMap;
import dev.lathe.engine.v1.Ref;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Tensor maps of rows of heads: one for each width of panels, as a map has one box.
record HeadMaps(Map<Integer, B64> byWidth) {

  /// A tensor whose innermost dimension is a head.
  ///
  /// @param dims all dimensions, the innermost first
  /// @param strideBytes of all but the innermost
  /// @param box of all but the innermost
  record View(Ref ref, DType dtype, List<Long> dims, List<Long> strideBytes, List<Integer> box) {}

  /// Declares the parameters.
  static HeadMaps declare(KernelBuilder k, String name, HeadPanels panels) {
    Map<Integer, B64> maps = new LinkedHashMap<>();
    panels.widths().forEach(width -> maps.put(width, k.tensorMap(name + "_" + width)));
    return new HeadMaps(maps);
  }

  /// Adds the arguments.
  static void add(LaunchBuilder launch, HeadPanels panels, View view) {
    for (int width : panels.widths()) {
      List<Integer> box = new ArrayList<>(List.of(width));
      box.addAll(view.box);
      launch.tensor(
          new TensorMap(
              view.ref, view.dtype, view.dims, view.strideBytes, box, width * HeadPanels.ELEMENT));
    }
  }

  /// The map that brings a panel.
  B64 of(Panel panel) {
    B64 map = byWidth.get(panel.columns());
    if (map == null) {
      throw new IllegalStateException("no map for " + panel);
    }
    return map;
  }

  /// Fetches the descriptions ahead of their use.
  void prefetch(KernelBuilder k) {
    byWidth.values().forEach(k::prefetchTensorMap);
  }
}
