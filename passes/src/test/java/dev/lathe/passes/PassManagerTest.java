package dev.lathe.passes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Stage;
import dev.lathe.ir.text.IrParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PassManagerTest {
  private static final List<Pass> PIPELINE = Pipeline.standard(64);

  private static Pass pass(String name, Stage requires, UnaryOperator<Graph> work) {
    return new Pass() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public String summary() {
        return "for a test";
      }

      @Override
      public Stage requires() {
        return requires;
      }

      @Override
      public Stage establishes() {
        return Stage.IMPORTED;
      }

      @Override
      public Outcome run(Graph graph) {
        return Outcome.of(work.apply(graph));
      }
    };
  }

  @Test
  void everyPassDumpsItsGraph(@TempDir Path directory) throws IOException {
    Graph graph = ToyModel.llama(1);

    PassManager.Result result =
        new PassManager(PIPELINE, Optional.of(directory), Optional.empty()).run(graph);

    assertThat(result.graph().stage()).isEqualTo(Stage.FUSED);
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString()).sorted())
          .startsWith("00-imported.ir", "01-remove-dead-values.ir", "02-canonicalize.ir")
          .hasSize(PIPELINE.size() + 1);
    }
    Graph dumped = IrParser.parse(Files.readString(directory.resolve("07-require-steps.ir")));
    assertThat(dumped.nodes()).hasSameSizeAs(result.graph().nodes());
  }

  @Test
  void theReportNamesWhatFired() {
    String report = PassManager.of(PIPELINE).run(ToyModel.llama(3)).report().text();

    assertThat(report)
        .contains("fuse-epilogues")
        .contains("    6 x  add(r, linear(x, w))  =>  linear(x, w, residual = r)")
        .contains("    3 x  multiply(f(g), u)  =>  glu(g, u, f)")
        .doesNotContain("add_bias");
  }

  @Test
  void stopAfterEndsWithThatPass() {
    PassManager.Result result =
        new PassManager(PIPELINE, Optional.empty(), Optional.of("canonicalize"))
            .run(ToyModel.llama(1));

    assertThat(result.report().entries()).hasSize(2);
    assertThat(result.graph().stage()).isEqualTo(Stage.CANONICAL);
  }

  @Test
  void anUnknownPassIsAUsageErrorThatListsThePasses() {
    assertThatThrownBy(() -> new PassManager(PIPELINE, Optional.empty(), Optional.of("fuze")))
        .isInstanceOfSatisfying(
            LatheException.class,
            e -> {
              assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE);
              assertThat(e.hint()).contains("canonicalize, merge-projections");
            });
  }

  @Test
  void aPassThatBreaksTheGraphIsNamed() {
    Pass broken =
        pass(
            "broken",
            Stage.IMPORTED,
            graph ->
                new Graph(
                    graph.leaves(), graph.nodes().reversed(), graph.outputs(), graph.stage()));

    assertThatThrownBy(() -> PassManager.of(List.of(broken)).run(ToyModel.llama(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the graph is wrong after pass broken:\nG1:");
  }

  @Test
  void aPassThatComesTooEarlyIsNamed() {
    Pass early = pass("early", Stage.FUSED, graph -> graph);

    assertThatThrownBy(() -> PassManager.of(List.of(early)).run(ToyModel.llama(1)))
        .hasMessage("pass early needs a graph that is FUSED, but it is IMPORTED");
  }

  @Test
  void aModelThatCannotBeFusedIsAnErrorOfTheModel() {
    Graph graph =
        IrParser.parse(
            """
            graph imported {
              input %x : tensor<T x 16 x bf16>
              input %logit_rows : tensor<R x i32>
              %0 = slice_columns %x {begin = 0, end = 8} : tensor<T x 8 x bf16> at part
              %1 = gather_rows %0, %logit_rows : tensor<R x 8 x bf16> at logits
              return %1
            }
            """);

    assertThatThrownBy(() -> PassManager.of(PIPELINE).run(graph))
        .isInstanceOf(UnfusableModelException.class)
        .hasMessageContaining("slice_columns is no step by itself")
        .hasMessageContaining("at part");
  }
}
