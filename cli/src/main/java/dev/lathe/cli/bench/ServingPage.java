package dev.lathe.cli.bench;

import dev.lathe.cli.plot.BarsPlot;
import dev.lathe.cli.plot.HistogramPlot;
import dev.lathe.cli.plot.Page;
import dev.lathe.cli.plot.SeriesPlot;
import dev.lathe.runtime.measure.Distribution;
import dev.lathe.runtime.measure.RequestTimes;
import dev.lathe.runtime.measure.Roofline;
import dev.lathe.runtime.measure.ServingFigures;
import dev.lathe.runtime.metrics.StepRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/// A report of latency or throughput as a page.
final class ServingPage {
  private static final int INTERVALS = 100;
  private static final double NANOS_PER_MILLI = 1e6;

  private final ServingReport report;
  private final ServingFigures figures;
  private final Page page;

  private ServingPage(ServingReport report) {
    this.report = report;
    this.figures = report.figures();
    this.page =
        new Page(
            "trtllm-bench " + report.command() + ": " + report.manifest().model().architecture());
  }

  static String of(ServingReport report) {
    ServingPage page = new ServingPage(report);
    ServingText text = new ServingText(report);
    text.facts().forEach(page.page::paragraph);
    page.page.heading("Times of requests").table(text.times().rows());
    page.histograms();
    page.page.heading("Throughput");
    page.throughput();
    report.roofline().ifPresent(page::roofline);
    return page.page.text();
  }

  private void histograms() {
    histogram("First token (TTFT)", figures.firstToken(), firstTokens());
    histogram("Between tokens (ITL)", figures.betweenTokens(), gaps());
    histogram("Whole request", figures.latency(), latencies());
  }

  private DoubleStream firstTokens() {
    return report.measurement().requests().stream().mapToDouble(RequestTimes::firstTokenNanos);
  }

  private DoubleStream gaps() {
    return report.measurement().requests().stream()
        .flatMapToLong(RequestTimes::gapNanos)
        .asDoubleStream();
  }

  private DoubleStream latencies() {
    return report.measurement().requests().stream().mapToDouble(RequestTimes::latencyNanos);
  }

  private void histogram(String name, Distribution values, DoubleStream nanos) {
    if (values.count() > 0) {
      List<HistogramPlot.Mark> marks =
          List.of(
              new HistogramPlot.Mark("P50", values.p50()),
              new HistogramPlot.Mark("P99", values.p99()));
      double[] millis = nanos.map(value -> value / NANOS_PER_MILLI).toArray();
      page.figure(HistogramPlot.of(millis, "ms", marks), name + ", " + values.count() + " values");
    }
  }

  private void throughput() {
    long start = start();
    double seconds = figures.seconds() / INTERVALS;
    double[] times = new double[INTERVALS];
    double[] rates = new double[INTERVALS];
    for (int i = 0; i < INTERVALS; i++) {
      times[i] = (i + 0.5) * seconds;
    }
    for (RequestTimes request : report.measurement().requests()) {
      for (long published : request.times().published()) {
        int interval = (int) ((published - start) / 1e9 / seconds);
        rates[Math.clamp(interval, 0, INTERVALS - 1)] += 1 / seconds;
      }
    }
    page.figure(SeriesPlot.of(times, rates, "s"), "Output tokens a second");
    List<StepRecord> steps = report.measurement().steps();
    page.figure(
        SeriesPlot.of(
            steps.stream().mapToDouble(step -> (step.endNanos() - start) / 1e9).toArray(),
            steps.stream().mapToDouble(StepRecord::sequences).toArray(),
            "s"),
        "Sequences in a step");
  }

  private long start() {
    return report.measurement().requests().stream()
        .mapToLong(request -> request.times().submitted())
        .min()
        .orElseThrow();
  }

  private void roofline(Roofline roofline) {
    page.heading("How far from the hardware");
    new ServingText(report).rooflineFacts().forEach(page::paragraph);
    List<BarsPlot.Bars> bars = new ArrayList<>();
    roofline
        .decode()
        .ifPresent(decode ->
            bars.add(
                new BarsPlot.Bars(
                    "decode, % of the copy's bandwidth", List.of(decode.percentOfCopy()))));
    roofline
        .prefill()
        .filter(prefill -> prefill.percentOfPeak().isPresent())
        .ifPresent(prefill ->
            bars.add(
                new BarsPlot.Bars(
                    "prefill, % of the assumed peak",
                    List.of(prefill.percentOfPeak().getAsDouble()))));
    if (!bars.isEmpty()) {
      page.figure(BarsPlot.of(bars, "%.1f %%", 100), "Percent");
    }
  }
}
