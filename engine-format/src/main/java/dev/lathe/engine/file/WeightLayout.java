package dev.lathe.engine.file;

import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.engine.weight.WeightEvaluator;
import dev.lathe.engine.weight.WeightType;
import java.util.ArrayList;
import java.util.List;

/// Places weights, in their order, in segments. A segment is one entry of the file, so it is what
/// workers write and hash independently of each other.
///
/// @param segments for each segment, its weights in the order of their offsets
record WeightLayout(List<List<WeightEntry>> segments) {
  static final int ALIGNMENT = 256;

  /// @param segmentBytes a segment ends before it grows over this size, unless it is one weight
  ///     alone
  static WeightLayout of(
      List<EngineContent.Weight> weights, WeightEvaluator evaluator, long segmentBytes) {
    List<List<WeightEntry>> segments = new ArrayList<>();
    long end = 0;
    for (EngineContent.Weight weight : weights) {
      WeightType type = evaluator.type(weight.source());
      long offset = Math.ceilDiv(end, ALIGNMENT) * ALIGNMENT;
      if (segments.isEmpty() || offset + type.bytes() > segmentBytes) {
        segments.add(new ArrayList<>());
        offset = 0;
      }
      segments
          .getLast()
          .add(
              new WeightEntry(
                  weight.name(),
                  type.dtype(),
                  type.shape(),
                  segments.size() - 1,
                  offset,
                  type.bytes(),
                  weight.source()));
      end = offset + type.bytes();
    }
    return new WeightLayout(segments);
  }

  List<WeightEntry> entries() {
    return segments.stream().flatMap(List::stream).toList();
  }

  static long bytes(List<WeightEntry> segment) {
    return segment.getLast().offset() + segment.getLast().bytes();
  }
}
