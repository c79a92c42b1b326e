package dev.lathe.engine.file;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.weight.WeightExpr;
import java.nio.file.Path;
import java.util.List;

/// A process that writes one engine after the other to the same file, until it is killed.
public final class KilledWriter {
  private KilledWriter() {}

  /// @param arguments the file
  public static void main(String[] arguments) {
    for (long seed = 0; ; seed++) {
      WeightExpr table = new WeightExpr.Random(seed, DType.BF16, List.of(1L << 21), 0, 1);
      EngineContent content =
          SampleEngine.content(
              List.of(SampleEngine.plan("mixed")),
              List.of(new EngineContent.Weight("table", table)));
      SampleEngine.writer(2).write(content, SampleEngine.SOURCE, Path.of(arguments[0]));
    }
  }
}
