package dev.lathe.runtime.cpu;

/// A vector of 64-bit integers: seeds.
public final class LongTensor implements HostTensor {
  private long[] data;
  private int rows;

  public LongTensor(long... data) {
    this.data = data;
    this.rows = data.length;
  }

  void bind(long[] array, int newRows) {
    data = array;
    rows = newRows;
  }

  public long[] data() {
    return data;
  }

  public int rows() {
    return rows;
  }
}
