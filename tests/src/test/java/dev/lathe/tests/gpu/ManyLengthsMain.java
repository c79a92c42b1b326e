package dev.lathe.tests.gpu;

import dev.lathe.runtime.DeviceChoice;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// [ManyLengths] in a process of its own. Arguments: engine, device, tokens of a
/// prompt at most, margin.
public final class ManyLengthsMain {
  /// The last line if nothing is wrong.
  static final String GOOD = "as alone\n";

  private ManyLengthsMain() {}

  public static void main(String... arguments) {
    List<String> problems =
        ManyLengths.problems(
            Path.of(arguments[0]),
            DeviceChoice.valueOf(arguments[1]),
            Integer.parseInt(arguments[2]),
            Double.parseDouble(arguments[3]));
    String text = problems.isEmpty() ? GOOD : String.join("\n", problems) + "\n";
    System.out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    System.out.flush();
  }
}
