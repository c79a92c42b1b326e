package dev.lathe.runtime.cpu;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Buffer.KvPart;

/// Keys or values of one layer, `(blocks, kvHeads, tokensPerBlock, headDim)`. Memory of a block is
/// taken when it is first written.
///
/// Each head of a block is a panel of [PanelKernel]: keys as `(headDim, tokensPerBlock)`, since
/// scores are wanted for neighbouring tokens, values as `(tokensPerBlock, headDim)`.
public final class KvTensor implements HostTensor {
  private final KvPart part;
  private final DType dtype;
  private final int heads;
  private final int tokensPerBlock;
  private final int headDim;
  private final float[][][][] blocks;

  public KvTensor(
      KvPart part, DType dtype, int blocks, int heads, int tokensPerBlock, int headDim) {
    this.part = part;
    this.dtype = dtype;
    this.heads = heads;
    this.tokensPerBlock = tokensPerBlock;
    this.headDim = headDim;
    this.blocks = new float[blocks][][][];
  }

  public int tokensPerBlock() {
    return tokensPerBlock;
  }

  public int headDim() {
    return headDim;
  }

  /// The panel of a head, to be read only.
  float[][] panel(int block, int head) {
    return present(block)[head];
  }

  /// Takes the memory of a block, before tasks write to it at the same time.
  void touch(int slot) {
    present(slot / tokensPerBlock);
  }

  private float[][][] present(int block) {
    float[][][] panels = blocks[block];
    if (panels == null) {
      boolean keys = part == KvPart.KEYS;
      panels = new float[heads][keys ? headDim : tokensPerBlock][keys ? tokensPerBlock : headDim];
      blocks[block] = panels;
    }
    return panels;
  }

  /// Stores the vector of one token and head, rounded to the dtype of the cache.
  ///
  /// @param slot block * tokensPerBlock + offset
  public void store(int slot, int head, float[] source, int at) {
    float[][] panel = present(slot / tokensPerBlock)[head];
    int token = slot % tokensPerBlock;
    for (int d = 0; d < headDim; d++) {
      float value = Rounding.round(dtype, source[at + d]);
      if (part == KvPart.KEYS) {
        panel[d][token] = value;
      } else {
        panel[token][d] = value;
      }
    }
  }

  /// A copy in the order of the GPU: `(blocks, kvHeads, tokensPerBlock, headDim)`.
  public float[] toArray() {
    float[] all = new float[blocks.length * heads * tokensPerBlock * headDim];
    int at = 0;
    for (int block = 0; block < blocks.length; block++) {
      for (int head = 0; head < heads; head++) {
        for (int token = 0; token < tokensPerBlock; token++) {
          for (int d = 0; d < headDim; d++) {
            all[at++] = element(block, head, token, d);
          }
        }
      }
    }
    return all;
  }

  private float element(int block, int head, int token, int d) {
    float[][] panel = present(block)[head];
    return part == KvPart.KEYS ? panel[d][token] : panel[token][d];
  }

  /// Stores a whole cache in the order of [#toArray()].
  public void fill(float[] all) {
    int at = 0;
    float[] vector = new float[headDim];
    for (int block = 0; block < blocks.length; block++) {
      for (int head = 0; head < heads; head++) {
        for (int token = 0; token < tokensPerBlock; token++, at += headDim) {
          System.arraycopy(all, at, vector, 0, headDim);
          store(block * tokensPerBlock + token, head, vector, 0);
        }
      }
    }
  }
}
