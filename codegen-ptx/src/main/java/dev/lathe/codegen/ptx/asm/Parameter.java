package dev.lathe.codegen.ptx.asm;

/// A parameter of a kernel; kinds match the arguments of `dev.lathe.engine.v1.Launch`.
public record Parameter(String name, Kind kind) {

  /// Kinds of parameters.
  public enum Kind {
    /// Device address, 8 bytes.
    POINTER("u64"),
    /// A size of the batch.
    SIZE("u32"),
    /// A constant integer.
    INT("s32"),
    /// A constant float32.
    FLOAT("f32"),
    /// A tensor map, 128 bytes.
    TENSOR_MAP("b8");

    private final String ptxType;

    Kind(String ptxType) {
      this.ptxType = ptxType;
    }

    /// Declaration of a parameter of this kind: `.param .u64 input`.
    String declaration(String name) {
      return this == TENSOR_MAP
          ? ".param .align 64 .b8 " + name + "[128]"
          : ".param ." + ptxType + " " + name;
    }

    /// Type in the text: `u64`.
    public String ptxType() {
      return ptxType;
    }
  }
}
