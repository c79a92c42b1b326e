package dev.lathe.ir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OpCatalogTest {

  @Test
  void everyOpIsListed() {
    assertThat(OpCatalog.all())
        .extracting(OpSchema::op)
        .containsExactlyInAnyOrderElementsOf(
            leaves(Op.class).<Class<? extends Op>>map(c -> c.asSubclass(Op.class)).toList());
  }

  private static Stream<Class<?>> leaves(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses()).flatMap(OpCatalogTest::leaves)
        : Stream.of(type);
  }

  @Test
  void everyOpIsARecord() {
    assertThat(OpCatalog.all()).allMatch(schema -> schema.op().isRecord());
  }

  @Test
  void anOpCopiedOntoTheSameOperandsIsEqualToItself() {
    for (int seed = 0; seed < 20; seed++) {
      for (Node node : RandomGraph.of(new Random(seed), 40).nodes()) {
        assertThat(node.op().mapOperands(value -> value)).isEqualTo(node.op());
      }
    }
  }

  @Test
  void copyingReplacesEveryOperand() {
    for (Node node : RandomGraph.of(new Random(5), 60).nodes()) {
      Value other = node.results().getFirst();
      assertThat(node.op().mapOperands(_ -> other).operands())
          .hasSameSizeAs(node.op().operands())
          .allMatch(operand -> operand == other);
    }
  }
}
