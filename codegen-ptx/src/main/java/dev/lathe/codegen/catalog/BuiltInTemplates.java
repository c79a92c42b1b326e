package dev.lathe.codegen.catalog;

import dev.lathe.codegen.kernel.KernelTemplate;
import dev.lathe.codegen.kernel.attention.DecodeAttention;
import dev.lathe.codegen.kernel.attention.PlainAttention;
import dev.lathe.codegen.kernel.attention.TileAttention;
import dev.lathe.codegen.kernel.attention.wgmma.WgmmaAttention;
import dev.lathe.codegen.kernel.linear.PlainLinear;
import dev.lathe.codegen.kernel.linear.SkinnyLinear;
import dev.lathe.codegen.kernel.linear.StreamLinear;
import dev.lathe.codegen.kernel.linear.TiledLinear;
import dev.lathe.codegen.kernel.linear.wgmma.GroupedWgmmaLinear;
import dev.lathe.codegen.kernel.linear.wgmma.WgmmaArgmax;
import dev.lathe.codegen.kernel.linear.wgmma.WgmmaLinear;
import dev.lathe.codegen.kernel.moe.CombinedExperts;
import dev.lathe.codegen.kernel.moe.PlainGroupedLinear;
import dev.lathe.codegen.kernel.moe.RoutedExperts;
import dev.lathe.codegen.kernel.moe.SortedAssignments;
import dev.lathe.codegen.kernel.rope.RopeAppend;
import dev.lathe.codegen.kernel.row.ElementTemplate;
import dev.lathe.codegen.kernel.row.NormTemplate;
import dev.lathe.codegen.kernel.row.RowCopyTemplate;
import dev.lathe.codegen.kernel.sample.AdjustedLogits;
import dev.lathe.codegen.kernel.sample.ClusterSampledTokens;
import dev.lathe.codegen.kernel.sample.SampledTokens;
import java.util.List;

/// The templates that there are, in the order in which equals are preferred.
final class BuiltInTemplates {
  private BuiltInTemplates() {}

  static final List<KernelTemplate<?, ?, ?>> LIST =
      List.of(
          RowCopyTemplate.embedding(),
          RowCopyTemplate.gather(),
          NormTemplate.rms(),
          NormTemplate.addRms(),
          NormTemplate.layer(),
          NormTemplate.addLayer(),
          ElementTemplate.swiGlu(),
          ElementTemplate.unary(),
          ElementTemplate.binary(),
          new StreamLinear(),
          new SkinnyLinear(),
          new WgmmaLinear(),
          new WgmmaArgmax(),
          new TiledLinear(),
          new PlainLinear(),
          new RoutedExperts(),
          new SortedAssignments(),
          new GroupedWgmmaLinear(),
          new PlainGroupedLinear(),
          new CombinedExperts(),
          new RopeAppend(),
          new DecodeAttention(),
          new WgmmaAttention(),
          new TileAttention(),
          new PlainAttention(),
          new AdjustedLogits(),
          new ClusterSampledTokens(),
          new SampledTokens());
}
