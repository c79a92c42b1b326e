package dev.lathe.engine.weight;

import dev.lathe.engine.type.DType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Evaluates weight expressions over a [TensorSource].
///
/// Memory does not depend on the size of a weight: an expression is evaluated a chunk at a time,
/// and every operation can give any range of its elements. Safe for use by many threads if the
/// source is.
public final class WeightEvaluator {
  /// Fits the second-level cache, so that a sink that hashes and stores finds the bytes there.
  private static final int CHUNK_BYTES = 1 << 20;

  private final TensorSource source;
  private final int chunkBytes;

  public WeightEvaluator(TensorSource source) {
    this(source, CHUNK_BYTES);
  }

  /// @param chunkBytes a multiple of 8
  WeightEvaluator(TensorSource source, int chunkBytes) {
    this.source = source;
    this.chunkBytes = chunkBytes;
  }

  /// Takes the bytes of a weight, in order.
  public interface Sink {

    /// Takes the next bytes, little-endian elements; the buffer is backed by an array and is reused
    /// after the call.
    void accept(ByteBuffer bytes) throws IOException;
  }

  /// The type that an expression evaluates to.
  ///
  /// @throws IllegalStateException if the expression is ill-typed
  public WeightType type(WeightExpr expr) {
    return WeightTypes.infer(
        expr,
        name -> {
          TensorSource.SourceTensor tensor = source.tensor(name);
          return new WeightType(tensor.dtype(), tensor.shape());
        });
  }

  /// Hands the value of an expression to a sink, row-major.
  ///
  /// @throws IllegalStateException if the expression is ill-typed
  /// @throws IOException if the sink does
  public void evaluate(WeightExpr expr, Sink sink) throws IOException {
    WeightType type = type(expr);
    Elements elements = elements(expr);
    int width = type.dtype().bytes();
    byte[] chunk = new byte[(int) Math.min(type.bytes(), chunkBytes)];
    for (long done = 0; done < type.bytes(); done += chunk.length) {
      int bytes = (int) Math.min(chunk.length, type.bytes() - done);
      elements.read(done / width, MemorySegment.ofArray(chunk).asSlice(0, bytes));
      sink.accept(ByteBuffer.wrap(chunk, 0, bytes));
    }
  }

  /// The value of an expression of less than 2 GiB, as a whole.
  ///
  /// @throws IllegalStateException if the expression is ill-typed
  public byte[] bytes(WeightExpr expr) {
    byte[] bytes = new byte[Math.toIntExact(type(expr).bytes())];
    elements(expr).read(0, MemorySegment.ofArray(bytes));
    return bytes;
  }

  private Elements elements(WeightExpr expr) {
    return switch (expr) {
      case WeightExpr.Tensor(String name) -> stored(name);
      case WeightExpr.Concat(int axis, List<WeightExpr> parts) -> concat(axis, parts);
      case WeightExpr.Slice slice -> slice(slice);
      case WeightExpr.Transpose(WeightExpr inner) -> {
        WeightType type = type(inner);
        yield new TransposedElements(
            elements(inner), type.dim(1), type.dim(0), type.dtype().bytes());
      }
      case WeightExpr.Reshape(WeightExpr inner, List<Long> _) -> elements(inner);
      case WeightExpr.Interleave(WeightExpr first, WeightExpr second, int rows) -> {
        WeightType type = type(first);
        long run = rows * type.elementsFrom(1);
        yield new MovedElements.Cycled(
            List.of(elements(first), elements(second)), List.of(run, run), type.dtype().bytes());
      }
      case WeightExpr.Cast(WeightExpr inner, DType to) -> {
        DType from = type(inner).dtype();
        yield from == to ? elements(inner) : ComputedElements.cast(elements(inner), from, to);
      }
      case WeightExpr.Scale(WeightExpr inner, double factor) ->
          ComputedElements.scale(elements(inner), type(inner).dtype(), (float) factor);
      case WeightExpr.Shift(WeightExpr inner, double addend) ->
          ComputedElements.shift(elements(inner), type(inner).dtype(), (float) addend);
      case WeightExpr.Fill(DType dtype, List<Long> _, double value) ->
          ComputedElements.fill(dtype, value);
      case WeightExpr.Numbers(List<Double> values) -> ComputedElements.numbers(values);
      case WeightExpr.Random random -> ComputedElements.random(random);
      case WeightExpr.RotaryTable table -> ComputedElements.rotary(table);
    };
  }

  private Elements stored(String name) {
    TensorSource.SourceTensor tensor = source.tensor(name);
    WeightType type = new WeightType(tensor.dtype(), tensor.shape());
    if (tensor.data().byteSize() != type.bytes()) {
      throw new IllegalStateException(
          name + " is " + type + " but has " + tensor.data().byteSize() + " bytes");
    }
    return new MovedElements.Stored(tensor.data(), type.dtype().bytes());
  }

  private Elements concat(int axis, List<WeightExpr> parts) {
    List<Elements> elements = new ArrayList<>();
    List<Long> runs = new ArrayList<>();
    for (WeightExpr part : parts) {
      elements.add(elements(part));
      runs.add(type(part).elementsFrom(axis));
    }
    return new MovedElements.Cycled(elements, runs, type(parts.getFirst()).dtype().bytes());
  }

  private Elements slice(WeightExpr.Slice slice) {
    WeightType type = type(slice.source());
    long inner = type.elementsFrom(slice.axis() + 1);
    return new MovedElements.Strided(
        elements(slice.source()),
        slice.begin() * inner,
        (slice.end() - slice.begin()) * inner,
        type.elementsFrom(slice.axis()),
        type.dtype().bytes());
  }
}
