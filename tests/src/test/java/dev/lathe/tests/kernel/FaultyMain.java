package dev.lathe.tests.kernel;

import java.util.List;

/// Behaves as [KernelCheckMain] would with four kernels, of which the second faults, the third ends
/// the process, and the fourth hangs.
public final class FaultyMain {
  private static final int CASES = 16;

  private FaultyMain() {}

  public static void main(String... arguments) throws InterruptedException {
    List<String> broken = List.of(arguments[2].split(","));
    for (int i = Integer.parseInt(arguments[1]); i < CASES; i++) {
      String kernel = "k" + i % 4;
      say("@begin " + i);
      if (broken.contains(kernel)) {
        say("@skip " + i + " " + kernel);
        continue;
      }
      say("@kernels " + kernel);
      switch (i % 4) {
        case 0 -> say("@pass " + i);
        case 1 -> {
          say("@fail " + i + "\n|address 0\n|of nothing\n@dead");
          Runtime.getRuntime().halt(1);
        }
        case 2 -> Runtime.getRuntime().halt(139);
        default -> Thread.sleep(60_000);
      }
    }
    say("@done");
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
