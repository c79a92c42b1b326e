package dev.lathe.cli.bench;

import dev.lathe.cli.plot.BarsPlot;
import dev.lathe.cli.plot.BarsPlot.Bars;
import dev.lathe.cli.plot.Page;
import java.util.List;

/// The steps of a plan as a page.
final class KernelsPage {
  private KernelsPage() {}

  static String of(KernelsReport report) {
    KernelsText text = new KernelsText(report);
    Page page = new Page("trtllm-bench kernels: " + report.manifest().model().architecture());
    text.facts().forEach(page::paragraph);
    page.heading("Where the time goes")
        .figure(
            BarsPlot.of(bars(report, KernelsPage::percentOfAll), "%.1f %%", 0),
            "Percent of the sum over all steps");
    page.heading("Against the copy's bandwidth")
        .note("Bytes that a step must move at the least, divided by its time.")
        .figure(
            BarsPlot.of(bars(report, (_, step) -> step.percentOfCopy()), "%.1f %%", 100),
            "Percent of the bytes that a copy reads and writes a second");
    peak(report, page);
    torch(report, page);
    page.heading("Figures").table(text.times().rows()).table(text.kernels().rows());
    return page.text();
  }

  /// A figure of a step.
  private interface Figure {
    double of(KernelsReport report, KernelFigures step);
  }

  private static List<Bars> bars(KernelsReport report, Figure figure) {
    return report.steps().stream()
        .map(step -> new Bars(step.group().name(), List.of(figure.of(report, step))))
        .toList();
  }

  private static double percentOfAll(KernelsReport report, KernelFigures step) {
    return 100 * step.allNanos() / report.allNanos();
  }

  private static void peak(KernelsReport report, Page page) {
    List<Bars> bars =
        report.steps().stream()
            .filter(step -> step.percentOfPeak().isPresent())
            .map(step -> new Bars(step.group().name(), List.of(step.percentOfPeak().getAsDouble())))
            .toList();
    if (!bars.isEmpty()) {
      page.heading("Against the assumed peak")
          .figure(BarsPlot.of(bars, "%.1f %%", 100), "Percent of the data sheet's rate");
    }
  }

  private static void torch(KernelsReport report, Page page) {
    List<Bars> bars =
        report.steps().stream()
            .filter(step -> step.torch() instanceof KernelFigures.Torch.Timed)
            .map(KernelsPage::beside)
            .toList();
    if (!bars.isEmpty()) {
      page.heading("Beside PyTorch " + report.torch())
          .note("Microseconds of one step: Lathe above, PyTorch below.")
          .figure(BarsPlot.of(bars, "%.1f us", 0), "Microseconds");
    }
  }

  private static Bars beside(KernelFigures step) {
    double torch =
        step.torch() instanceof KernelFigures.Torch.Timed timed ? timed.nanos() / 1e3 : 0;
    return new Bars(step.group().name(), List.of(step.nanos() / 1e3, torch));
  }
}
