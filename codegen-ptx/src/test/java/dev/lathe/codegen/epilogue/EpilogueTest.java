package dev.lathe.codegen.epilogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.codegen.epilogue.Epilogue.Acc;
import dev.lathe.codegen.epilogue.Epilogue.Binary;
import dev.lathe.codegen.epilogue.Epilogue.Cast;
import dev.lathe.codegen.epilogue.Epilogue.GluInterleaved;
import dev.lathe.codegen.epilogue.Epilogue.RowVec;
import dev.lathe.codegen.epilogue.Epilogue.Store;
import dev.lathe.codegen.epilogue.Epilogue.Tile;
import dev.lathe.codegen.epilogue.Epilogue.Unary;
import dev.lathe.codegen.epilogue.EpilogueEmitter.Product;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.Parameter;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.codegen.ptx.sim.GlobalMemory;
import dev.lathe.codegen.ptx.sim.Simulator;
import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.engine.v1.StepOp.BinaryKind;
import dev.lathe.engine.v1.StepOp.UnaryKind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Thread t has sums t and t + 0.5 for columns 2t and 2t + 1 of token 0; 32 threads, 64 columns.
class EpilogueTest {
  private static final int COLUMNS = 64;
  private static final Acc ACC = new Acc();

  @Test
  void aBiasIsAddedByRowAndAResidualByColumn() {
    Epilogue biased = new Binary(BinaryKind.ADD, ACC, new RowVec("bias", FloatFormat.F32));
    Epilogue value = new Binary(BinaryKind.MULTIPLY, biased, new Tile("tile", FloatFormat.F32));
    float[] result = run(new Store("out", FloatFormat.F32, value), true);
    for (int column = 0; column < COLUMNS; column++) {
      assertThat(result[column]).isEqualTo((sum(column) + 100 + column) * (100 + column));
    }
  }

  @Test
  void aCastRoundsBeforeWhatFollows() {
    Epilogue third = new Binary(BinaryKind.MULTIPLY, ACC, new Tile("third", FloatFormat.F32));
    float[] result =
        run(new Store("out", FloatFormat.F32, new Cast(FloatFormat.BF16, third)), false);
    for (int column = 0; column < COLUMNS; column++) {
      float exact = sum(column) * (100 + column);
      assertThat(Float.floatToIntBits(result[column]) & 0xFFFF).isZero();
      assertThat(result[column]).isBetween(exact * 0.996f, exact * 1.004f);
    }
  }

  @Test
  void gatingTakesTheOtherSumOfTheProductWithItsOwnBias() {
    Epilogue biased = new Binary(BinaryKind.ADD, ACC, new RowVec("bias", FloatFormat.F32));
    float[] result =
        run(new Store("out", FloatFormat.F32, new GluInterleaved(UnaryKind.SILU, biased)), true);
    for (int column = 0; column < COLUMNS; column++) {
      float gate = sum(column) + 100 + column;
      float up = -sum(column) + 100 + (column ^ 32);
      assertThat(result[column] / (gate * up)).isBetween(0.9999f, 1.0001f);
    }
  }

  @Test
  void aUnaryFunctionAppliesToEachElement() {
    float[] result = run(new Store("out", FloatFormat.F32, new Unary(UnaryKind.SILU, ACC)), false);
    for (int column = 0; column < COLUMNS; column++) {
      float expected = (float) (sum(column) / (1 + Math.exp(-sum(column))));
      assertThat(result[column]).isBetween(expected * 0.99999f, expected * 1.00001f);
    }
  }

  @Test
  void parametersAreTheResultAndThenWhatTheTreeNamesFromLeftToRight() {
    KernelBuilder k = new KernelBuilder("k", Target.SM_80, 32);
    Epilogue biased = new Binary(BinaryKind.ADD, ACC, new RowVec("bias", FloatFormat.F32));
    Epilogue value = new Binary(BinaryKind.ADD, biased, new Tile("residual", FloatFormat.F32));
    new EpilogueEmitter(k, new Store("out", FloatFormat.F32, value), COLUMNS);
    assertThat(k.build().parameters())
        .extracting(Parameter::name)
        .containsExactly("out", "bias", "residual");
  }

  @Test
  void aStoreInsideOfTheTreeIsRefused() {
    Store inner = new Store("inner", FloatFormat.F32, ACC);
    assertThatThrownBy(() -> run(new Store("out", FloatFormat.F32, inner), false))
        .hasMessageContaining("a store inside of an epilogue");
  }

  private static float sum(int column) {
    return column / 2f;
  }

  /// Runs the tree on the sums; every other operand has 100 + i at place i.
  private static float[] run(Store root, boolean pairs) {
    KernelBuilder k = new KernelBuilder("k", Target.SM_80, 32);
    EpilogueEmitter epilogue = new EpilogueEmitter(k, root, COLUMNS);
    B32 column = k.mul(k.threadIndex(), 2);
    B32 token = k.constant(0);
    Product first = product(k, column);
    Product second = product(k, k.add(column, 1));
    if (pairs) {
      epilogue.storePair(token, column, first, second);
    } else {
      epilogue.store(token, column, first);
      epilogue.store(token, k.add(column, 1), second);
    }
    GlobalMemory memory = new GlobalMemory();
    ByteBuffer operand = ByteBuffer.allocate(4 * COLUMNS).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < COLUMNS; i++) {
      operand.putFloat(4 * i, 100 + i);
    }
    List<Long> arguments = new ArrayList<>();
    k.build().parameters().forEach(_ -> arguments.add(memory.allocate(operand.array())));
    new Simulator(memory).launch(k.build(), 1, 1, 1, arguments);
    float[] result = new float[COLUMNS];
    ByteBuffer.wrap(memory.content(arguments.getFirst()))
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(result);
    return result;
  }

  private static Product product(KernelBuilder k, B32 column) {
    F32 sum = k.mul(k.toFloat(column), 0.5f);
    return Product.gated(sum, column, k.neg(sum), k.xor(column, 32));
  }
}
