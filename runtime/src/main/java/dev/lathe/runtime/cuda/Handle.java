package dev.lathe.runtime.cuda;

/// Something of the driver's that must be closed, on a thread where its context is current. Closing
/// twice does nothing.
interface Handle extends AutoCloseable {
  @Override
  void close();
}
