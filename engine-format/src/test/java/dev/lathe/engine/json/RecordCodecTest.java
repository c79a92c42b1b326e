package dev.lathe.engine.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.weight.WeightExpr;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordCodecTest {
  private final RecordCodec codec = EngineJson.codec();

  static Stream<Class<?>> records() {
    return Stream.of(
            Stream.<Class<?>>of(Manifest.class, Plan.class),
            RecordShape.leaves(StepOp.class).stream(),
            RecordShape.leaves(WeightExpr.class).stream())
        .flatMap(stream -> stream);
  }

  @ParameterizedTest
  @MethodSource("records")
  void everyRecordComesBackEqual(Class<?> type) {
    for (int seed = 0; seed < 50; seed++) {
      Record value = (Record) new RandomValues(seed).value(type, 0);
      String text = codec.print(value);
      assertThat(codec.read(text, type)).as("seed %d: %s", seed, text).isEqualTo(value);
      assertThat(codec.read(codec.printLine(value), type)).isEqualTo(value);
    }
  }

  @Test
  void aStepReadsAsOneLine() {
    Step step =
        new Step(
            "layers.0.norm",
            new StepOp.RmsNorm(Ref.buffer("x"), Ref.weight("norm"), Ref.buffer("y"), 64, 1e-5f),
            List.of(
                new Launch(
                    "rms_norm",
                    SizeExpr.TOKENS.ceilDiv(4),
                    SizeExpr.of(1),
                    SizeExpr.of(1),
                    List.of(new Launch.Argument.Pointer(Ref.buffer("x"))))));
    assertThat(codec.printLine(step))
        .isEqualTo(
            "{\"name\":\"layers.0.norm\",\"op\":{\"type\":\"rmsNorm\",\"in\":\"x\","
                + "\"weight\":\"@norm\",\"out\":\"y\",\"group\":64,\"epsilon\":1.0E-5,"
                + "\"weightOffset\":0.0},"
                + "\"launches\":[{\"kernel\":\"rms_norm\",\"gridX\":\"ceil(T/4)\",\"gridY\":\"1\","
                + "\"gridZ\":\"1\",\"arguments\":[{\"type\":\"pointer\",\"ref\":\"x\"}]}]}");
  }

  @Test
  void longValuesBreakOverLinesAndShortOnesDoNot() {
    var expr =
        new WeightExpr.Concat(
            0, Stream.of("a", "b", "c").map(n -> n.repeat(60)).map(RecordCodecTest::leaf).toList());
    assertThat(codec.print(expr).lines())
        .hasSize(9)
        .contains("    {\"type\": \"tensor\", \"name\": \"" + "b".repeat(60) + "\"},");
    assertThat(codec.print(new WeightExpr.Tensor("a")).lines()).hasSize(1);
  }

  private static WeightExpr leaf(String name) {
    return new WeightExpr.Tensor(name);
  }

  @Test
  void mapsAreWrittenInTheOrderOfTheirKeys() {
    Map<String, String> attributes = new HashMap<>();
    for (int i = 0; i < 20; i++) {
      attributes.put("k" + i, "v");
    }
    String text = codec.printLine(new StepOp.Custom("n", List.of(), List.of(), attributes));
    List<Integer> places =
        attributes.keySet().stream().sorted().map(key -> text.indexOf('"' + key + '"')).toList();
    assertThat(places).isSorted().doesNotContain(-1);
  }

  @Test
  void absentOptionalMembersAreEmpty() {
    var linear =
        codec.read(
            "{\"type\":\"linear\",\"in\":\"x\",\"weight\":\"@w\",\"activation\":\"none\","
                + "\"scale\":1,\"out\":\"y\"}",
            StepOp.Linear.class);
    assertThat(linear.bias()).isEqualTo(Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "null",
        "{}",
        "{\"name\":\"a\"}",
        "{\"name\":\"a\",\"type\":\"tensor\"}",
        "{\"type\":\"tensor\"}",
        "{\"type\":\"tensor\",\"name\":null}",
        "{\"type\":\"tensor\",\"name\":1}",
        "{\"type\":\"tensor\",\"name\":\"a\",\"name\":\"b\"}",
        "{\"type\":\"tensor\",\"name\":\"a\",\"more\":1}",
        "{\"type\":\"tensor\",\"name\":\"a\"} x",
        "{\"type\":\"tensor\",\"name\":\"a\"}{}",
        "{'type':'tensor','name':'a'}",
        "{\"type\":\"tensors\",\"name\":\"a\"}",
        "{\"type\":\"fill\",\"dtype\":\"bf17\",\"shape\":[1],\"value\":0}",
        "{\"type\":\"fill\",\"dtype\":\"BF16\",\"shape\":[1],\"value\":0}",
        "{\"type\":\"fill\",\"dtype\":\"bf16\",\"shape\":[1.5],\"value\":0}",
        "{\"type\":\"fill\",\"dtype\":\"bf16\",\"shape\":[9223372036854775808],\"value\":0}",
        "{\"type\":\"fill\",\"dtype\":\"bf16\",\"shape\":[[1]],\"value\":0}",
        "{\"type\":\"fill\",\"dtype\":\"bf16\",\"shape\":[1],\"value\":1e999}",
        "{\"type\":\"fill\",\"dtype\":\"bf16\",\"shape\":[1],\"value\":NaN}",
        "{\"type\":\"fill\",\"dtype\":\"bf16\",\"shape\":[1],\"value\":\"1\"}",
        "{\"type\":\"interleave\",\"first\":{},\"second\":{},\"rows\":1}",
      })
  void textThatStatesNoExpressionIsRefused(String text) {
    assertThatThrownBy(() -> codec.read(text, WeightExpr.class))
        .isInstanceOf(RecordFormatException.class)
        .hasMessageStartingWith("$");
  }

  @Test
  void aValueThatTheRecordRefusesIsRefusedWithItsPlace() {
    assertThatThrownBy(() ->
            codec.read(
                "{\"kernel\":\"k\",\"gridX\":\"T/0\",\"gridY\":\"1\",\"gridZ\":\"1\","
                    + "\"arguments\":[]}",
                Launch.class))
        .isInstanceOf(RecordFormatException.class)
        .hasMessageStartingWith("$.gridX: expected an operator");
    assertThatThrownBy(
            () -> codec.read("{\"query\":3,\"keyValue\":2,\"headDim\":64}", StepOp.Heads.class))
        .isInstanceOf(RecordFormatException.class)
        .hasMessageContaining("3 heads over 2 KV heads");
  }

  @Test
  void deepNestingIsRefused() {
    String deep = "{\"type\":\"transpose\",\"source\":".repeat(100_000);
    assertThatThrownBy(() -> codec.read(deep, WeightExpr.class))
        .isInstanceOf(RecordFormatException.class);
  }

  @Test
  void theFormatVersionIsTheFirstMember() {
    Manifest manifest = (Manifest) new RandomValues(1).value(Manifest.class, 0);
    assertThat(EngineJson.formatVersion(codec.print(manifest)))
        .isEqualTo(OptionalInt.of(manifest.formatVersion()));
    assertThat(EngineJson.formatVersion("{\"formatVersion\": 9, \"other\": 1}")).hasValue(9);
    for (String text : List.of("", "[]", "{\"x\":1}", "{\"formatVersion\":\"1\"}", "{")) {
      assertThat(EngineJson.formatVersion(text)).as(text).isEmpty();
    }
  }
}
