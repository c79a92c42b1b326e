package dev.lathe.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Step;
import dev.lathe.runtime.measure.Workload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class StepDescriptionTest {
  private static final Pattern FUNCTION = Pattern.compile("def (\\w+)\\(([\\w, ]*)\\):");

  private final Plan plan = SamplePlan.plans().get(1);
  private final Workload load = Workload.decode(8, 8 * 512);

  private StepDescription of(Step step) {
    return StepDescription.of(step.op(), plan, SamplePlan.manifest(), load);
  }

  private Map<String, StepDescription> all() {
    Map<String, StepDescription> all = new TreeMap<>();
    plan.steps().forEach(step -> all.put(step.name(), of(step)));
    return all;
  }

  @Test
  void shapesAreThoseOfTheBatch() {
    Map<String, StepDescription> all = all();

    assertThat(all)
        .hasEntrySatisfying("linear", it -> assertThat(it.shape()).isEqualTo("(8, 32) x (64, 32)"));
    assertThat(all)
        .hasEntrySatisfying(
            "embed", it -> assertThat(it.shape()).isEqualTo("(8, 32) of (100, 32)"));
    assertThat(all)
        .hasEntrySatisfying(
            "attention",
            it -> assertThat(it.shape()).isEqualTo("8 x 1 of 512 tokens, 4/2 heads of 8"));
  }

  /// The script is another language's, so nothing else would tell of a wrong name.
  @Test
  void everyOperationIsAFunctionOfTheScriptWithTheseParameters() throws IOException {
    Map<String, Set<String>> functions = functions();

    for (Map.Entry<String, StepDescription> one : all().entrySet()) {
      JsonObject request = one.getValue().torch().orElseThrow().request();
      Set<String> names = new TreeSet<>(request.keySet());
      names.remove("prepare");
      assertThat(functions)
          .as(one.getKey())
          .containsEntry(request.get("prepare").getAsString(), names);
    }
  }

  private static Map<String, Set<String>> functions() throws IOException {
    Map<String, Set<String>> functions = new TreeMap<>();
    try (InputStream in = TorchPeer.class.getResourceAsStream("torch_peer.py")) {
      String script = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      Matcher matcher = FUNCTION.matcher(script);
      while (matcher.find()) {
        functions.put(matcher.group(1), new TreeSet<>(Set.of(matcher.group(2).split(", "))));
      }
    }
    return functions;
  }
}
