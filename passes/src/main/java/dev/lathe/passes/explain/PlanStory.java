package dev.lathe.passes.explain;

import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.passes.plan.CompiledModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A forward pass told in words, from tokens to tokens. Layers that do the same are told once.
public final class PlanStory {
  private static final Pattern LAYER = Pattern.compile("layers\\.(\\d+)\\..*");

  private final StepSentence sentence;
  private final List<String> lines = new ArrayList<>();

  private PlanStory(Plan plan, UnaryOperator<String> weightShape) {
    this.sentence = new StepSentence(plan, weightShape);
  }

  /// @param weightShape of a weight by its name, in words: `(4096 x 4096) bf16`
  public static String of(Plan plan, UnaryOperator<String> weightShape) {
    PlanStory story = new PlanStory(plan, weightShape);
    story.tell(plan);
    return String.join("\n", story.lines) + "\n";
  }

  /// The story of the last plan, which serves all batches.
  public static String of(CompiledModel model) {
    Map<String, String> shapes = new HashMap<>();
    for (CompiledModel.EngineWeight weight : model.weights()) {
      String shape = weight.shape().toString().replace(", ", " x ");
      shapes.put(
          weight.name(), shape.replace('[', '(').replace(']', ')') + " " + weight.dtype().text());
    }
    return of(model.plans().getLast(), name -> shapes.getOrDefault(name, ""));
  }

  private void tell(Plan plan) {
    lines.add(
        "One forward pass (plan %s) takes T tokens of S sequences and yields R tokens."
            .formatted(plan.profile().name()));
    List<Section> sections = sections(plan);
    for (int i = 0; i < sections.size(); i++) {
      int last = i;
      while (last + 1 < sections.size() && sections.get(last + 1).isLike(sections.get(i))) {
        last++;
      }
      tell(sections.get(i), sections.get(last));
      i = last;
    }
  }

  private void tell(Section section, Section last) {
    lines.add("");
    if (section.layer() >= 0) {
      boolean alone = section.layer() == last.layer();
      lines.add(
          alone
              ? "Layer %d:".formatted(section.layer())
              : "Layers %d to %d, each:".formatted(section.layer(), last.layer()));
    }
    for (Step step : section.steps()) {
      lines.add("  %-34s %s".formatted(step.name(), sentence.of(step.op())));
    }
  }

  /// Neighbouring steps of one layer, or outside all layers (-1).
  private record Section(int layer, List<Step> steps) {
    boolean isLike(Section other) {
      return layer >= 0 && other.layer >= 0 && kinds().equals(other.kinds());
    }

    private List<Class<? extends StepOp>> kinds() {
      return steps.stream().<Class<? extends StepOp>>map(step -> step.op().getClass()).toList();
    }
  }

  private static List<Section> sections(Plan plan) {
    List<Section> sections = new ArrayList<>();
    for (Step step : plan.steps()) {
      int layer = layer(step);
      if (sections.isEmpty() || sections.getLast().layer() != layer) {
        sections.add(new Section(layer, new ArrayList<>()));
      }
      sections.getLast().steps().add(step);
    }
    return sections;
  }

  private static int layer(Step step) {
    Matcher matcher = LAYER.matcher(step.name());
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
  }
}
