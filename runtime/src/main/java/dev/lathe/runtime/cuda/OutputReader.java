package dev.lathe.runtime.cuda;

import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Buffer.OutputKind;
import dev.lathe.engine.v1.Buffer.Storage;
import dev.lathe.engine.v1.Plan;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// Brings sampled tokens and logits back to the host. Tokens of two steps may be on their way, over
/// a stream of their own: the next step begins meanwhile.
final class OutputReader implements Handle {
  private static final int COPIES = 2;

  private final HandleStack handles = new HandleStack();
  private final CudaStream stream;
  private final CudaStream departures;
  private final DeviceBuffer logits;
  private final DeviceBuffer tokens;
  private final long vocabulary;
  private final PinnedBuffer hostLogits;
  private final TokenCopy[] copies = new TokenCopy[COPIES];
  private int fetched;
  private int read;
  private int rows;

  /// Tokens of one step: a copy that the next step leaves alone, and one on the host.
  private static final class TokenCopy {
    private final DeviceBuffer kept;
    private final CudaEvent sampled;
    private final PinnedBuffer tokens;
    private final CudaEvent ready;
    private int rows;

    TokenCopy(CudaContext context, long bytes, HandleStack handles) {
      this.kept = handles.add(context.allocate(bytes, "tokens of a step"));
      this.sampled = handles.add(context.event(false));
      this.tokens = handles.add(context.allocatePinned(bytes, "sampled tokens"));
      this.ready = handles.add(context.event(false));
    }
  }

  OutputReader(CudaContext context, CudaStream stream, EngineMemory memory, List<Plan> plans) {
    this.stream = stream;
    this.logits = memory.output(OutputKind.LOGITS);
    this.tokens = memory.output(OutputKind.TOKENS);
    this.vocabulary = plans.stream().mapToLong(OutputReader::vocabulary).max().orElse(0);
    this.hostLogits =
        handles.add(context.allocatePinned(vocabulary * Float.BYTES, "a row of logits"));
    this.departures = handles.add(context.stream());
    for (int i = 0; i < COPIES; i++) {
      copies[i] = new TokenCopy(context, tokens.bytes(), handles);
    }
  }

  private static long vocabulary(Plan plan) {
    for (Buffer buffer : plan.buffers()) {
      if (buffer.storage().equals(new Storage.Output(OutputKind.LOGITS))) {
        return buffer.shape().getLast().evaluate(plan.profile().max());
      }
    }
    return 0;
  }

  /// Sends the first `count` tokens of what is in the stream to the host.
  void fetchTokens(long count) {
    if (fetched - read == COPIES) {
      throw new IllegalStateException(COPIES + " steps, of which no tokens were read");
    }
    TokenCopy copy = copies[fetched++ % COPIES];
    rows = Math.toIntExact(count);
    copy.rows = rows;
    long bytes = count * Integer.BYTES;
    boolean samples = bytes > 0 && bytes <= tokens.bytes();
    if (samples) {
      stream.copy(copy.kept.address(), tokens.address(), bytes);
    }
    copy.sampled.record(stream);
    departures.waitFor(copy.sampled);
    if (samples) {
      departures.copyToHost(copy.tokens, 0, copy.kept.address(), bytes);
    }
    copy.ready.record(departures);
  }

  /// Waits for the oldest copy that was not read, and hands the tokens over: none, if the plans
  /// sample none.
  void readTokens(int[] to) {
    if (read == fetched) {
      throw new IllegalStateException("no step, of which tokens were not read");
    }
    TokenCopy copy = copies[read++ % COPIES];
    copy.ready.await();
    if (tokens.bytes() > 0) {
      MemorySegment.copy(copy.tokens.segment(), ValueLayout.JAVA_INT, 0, to, 0, copy.rows);
    }
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
