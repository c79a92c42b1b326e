package dev.lathe.runtime.cuda;

/// Two pinned buffers in turn: while the GPU reads one, the host fills the other.
final class Staging implements Handle {
  private static final int BUFFERS = 2;

  private final HandleStack handles = new HandleStack();
  private final PinnedBuffer[] buffers = new PinnedBuffer[BUFFERS];
  private final CudaEvent[] sent = new CudaEvent[BUFFERS];
  private int current;

  Staging(CudaContext context, long bytes, String purpose) {
    for (int i = 0; i < BUFFERS; i++) {
      buffers[i] = handles.add(context.allocatePinned(bytes, purpose));
      sent[i] = handles.add(context.event(false));
    }
  }

  /// The other buffer, as soon as its last copy has run.
  PinnedBuffer next() {
    current = (current + 1) % BUFFERS;
    sent[current].await();
    return buffers[current];
  }

  /// Says that the copies from the buffer of [#next()] are all in the stream.
  void sent(CudaStream stream) {
    sent[current].record(stream);
  }

  @Override
  public void close() {
    handles.close();
  }
}
