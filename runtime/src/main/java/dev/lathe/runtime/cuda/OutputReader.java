package dev.lathe.runtime.cuda;

import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Buffer.OutputKind;
import dev.lathe.engine.v1.Buffer.Storage;
import dev.lathe.engine.v1.Plan;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// Brings sampled tokens and logits back to the host.
final class OutputReader implements Handle {
  private final HandleStack handles = new HandleStack();
  private final CudaStream stream;
  private final DeviceBuffer logits;
  private final DeviceBuffer tokens;
  private final long vocabulary;
  private final PinnedBuffer hostTokens;
  private final PinnedBuffer hostLogits;
  private final CudaEvent tokensReady;
  private int rows;

  OutputReader(CudaContext context, CudaStream stream, EngineMemory memory, List<Plan> plans) {
    this.stream = stream;
    this.logits = memory.output(OutputKind.LOGITS);
    this.tokens = memory.output(OutputKind.TOKENS);
    this.vocabulary = plans.stream().mapToLong(OutputReader::vocabulary).max().orElse(0);
    this.hostTokens = handles.add(context.allocatePinned(tokens.bytes(), "sampled tokens"));
    this.hostLogits =
        handles.add(context.allocatePinned(vocabulary * Float.BYTES, "a row of logits"));
    this.tokensReady = handles.add(context.event(false));
  }

  private static long vocabulary(Plan plan) {
    for (Buffer buffer : plan.buffers()) {
      if (buffer.storage().equals(new Storage.Output(OutputKind.LOGITS))) {
        return buffer.shape().getLast().evaluate(plan.profile().max());
      }
    }
    return 0;
  }

  /// Puts a copy of the first `count` tokens into the stream.
  void fetchTokens(long count) {
    rows = Math.toIntExact(count);
    long bytes = count * Integer.BYTES;
    if (bytes > 0 && bytes <= tokens.bytes()) {
      stream.copyToHost(hostTokens, 0, tokens.address(), bytes);
    }
    tokensReady.record(stream);
  }

  /// Waits for the last copy, and hands the tokens over.
  void readTokens(int[] to) {
    if ((long) rows * Integer.BYTES > tokens.bytes()) {
      throw new IllegalStateException("the plan samples no tokens");
    }
    tokensReady.await();
    MemorySegment.copy(hostTokens.segment(), ValueLayout.JAVA_INT, 0, to, 0, rows);
  }

  /// Waits for the stream, and hands one row of logits over.
  void readLogits(int row, float[] to) {
    if (row < 0 || row >= rows || vocabulary == 0) {
      throw new IllegalStateException("no row " + row + " among " + rows + " rows of logits");
    }
    long bytes = vocabulary * Float.BYTES;
    stream.copyToHost(hostLogits, 0, logits.address() + row * bytes, bytes);
    stream.synchronize();
    MemorySegment.copy(
        hostLogits.segment(), ValueLayout.JAVA_FLOAT, 0, to, 0, Math.toIntExact(vocabulary));
  }

  @Override
  public void close() {
    handles.close();
  }
}
