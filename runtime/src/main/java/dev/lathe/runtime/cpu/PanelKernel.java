package dev.lathe.runtime.cpu;

/// The one inner loop of all matrix products: `sum[j] += x[k] * panel[k][j]` over a range of k.
///
/// For each j the products are added in ascending order of k, each with one rounding
/// ([Math#fma(float, float, float)]), whichever of the two methods runs: results do not depend on
/// how rows are grouped. All arrays are indexed by j alone, which lets the JIT compiler prove that
/// the loop has no carried dependency and turn it into vector instructions.
final class PanelKernel {
  private PanelKernel() {}

  /// One row: x holds the values of k = from, from + 1, ... beginning at `offset`.
  static void addRow(
      float[] x, int offset, float[][] panel, int from, int to, int width, float[] sum) {
    int k = from;
    int i = offset;
    for (; k + 4 <= to; k += 4, i += 4) {
      float x0 = x[i];
      float x1 = x[i + 1];
      float x2 = x[i + 2];
      float x3 = x[i + 3];
      float[] p0 = panel[k];
      float[] p1 = panel[k + 1];
      float[] p2 = panel[k + 2];
      float[] p3 = panel[k + 3];
      for (int j = 0; j < width; j++) {
        sum[j] =
            Math.fma(
                x3, p3[j], Math.fma(x2, p2[j], Math.fma(x1, p1[j], Math.fma(x0, p0[j], sum[j]))));
      }
    }
    for (; k < to; k++, i++) {
      float x0 = x[i];
      float[] p0 = panel[k];
      for (int j = 0; j < width; j++) {
        sum[j] = Math.fma(x0, p0[j], sum[j]);
      }
    }
  }

  /// Four rows that are `stride` elements apart; their sums are `sums[first]` and the next three.
  static void addFourRows(
      float[] x,
      int offset,
      int stride,
      float[][] panel,
      int from,
      int to,
      int width,
      float[][] sums,
      int first) {
    int even = from + ((to - from) & ~3);
    for (int k = from; k < even; k += 4) {
      addFourByFour(x, offset + k - from, stride, panel, k, width, sums, first);
    }
    for (int row = 0; row < 4 && even < to; row++) {
      addRow(x, offset + row * stride + even - from, panel, even, to, width, sums[first + row]);
    }
  }

  /// Four rows by four k. The sums are named as arrays of their own, so that the inner loop is one
  /// that the JIT compiler vectorises.
  private static void addFourByFour(
      float[] x,
      int offset,
      int stride,
      float[][] panel,
      int k,
      int width,
      float[][] sums,
      int first) {
    int bAt = offset + stride;
    int cAt = bAt + stride;
    int dAt = cAt + stride;
    float a0 = x[offset];
    float a1 = x[offset + 1];
    float a2 = x[offset + 2];
    float a3 = x[offset + 3];
    float b0 = x[bAt];
    float b1 = x[bAt + 1];
    float b2 = x[bAt + 2];
    float b3 = x[bAt + 3];
    float c0 = x[cAt];
    float c1 = x[cAt + 1];
    float c2 = x[cAt + 2];
    float c3 = x[cAt + 3];
    float d0 = x[dAt];
    float d1 = x[dAt + 1];
    float d2 = x[dAt + 2];
    float d3 = x[dAt + 3];
    float[] p0 = panel[k];
    float[] p1 = panel[k + 1];
    float[] p2 = panel[k + 2];
    float[] p3 = panel[k + 3];
    float[] a = sums[first];
    float[] b = sums[first + 1];
    float[] c = sums[first + 2];
    float[] d = sums[first + 3];
    for (int j = 0; j < width; j++) {
      float v0 = p0[j];
      float v1 = p1[j];
      float v2 = p2[j];
      float v3 = p3[j];
      a[j] = Math.fma(a3, v3, Math.fma(a2, v2, Math.fma(a1, v1, Math.fma(a0, v0, a[j]))));
      b[j] = Math.fma(b3, v3, Math.fma(b2, v2, Math.fma(b1, v1, Math.fma(b0, v0, b[j]))));
      c[j] = Math.fma(c3, v3, Math.fma(c2, v2, Math.fma(c1, v1, Math.fma(c0, v0, c[j]))));
      d[j] = Math.fma(d3, v3, Math.fma(d2, v2, Math.fma(d1, v1, Math.fma(d0, v0, d[j]))));
    }
  }
}
