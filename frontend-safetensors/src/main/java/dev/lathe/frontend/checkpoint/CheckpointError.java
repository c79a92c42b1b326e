package dev.lathe.frontend.checkpoint;

/// Each way in which a checkpoint can be bad. [#code()] is stable.
public enum CheckpointError {
  // The header of a safetensors file.
  FILE_TOO_SHORT("safetensors-too-short", Advice.DOWNLOAD),
  HEADER_TOO_SMALL("safetensors-header-too-small", Advice.DOWNLOAD),
  HEADER_TOO_LARGE("safetensors-header-too-large", Advice.DOWNLOAD),
  HEADER_PAST_END("safetensors-header-past-end", Advice.DOWNLOAD),
  HEADER_START("safetensors-header-start", Advice.DOWNLOAD),
  HEADER_ENCODING("safetensors-header-encoding", Advice.WRITER),
  HEADER_SYNTAX("safetensors-header-syntax", Advice.WRITER),
  HEADER_LIMIT("safetensors-header-limit", Advice.WRITER),
  HEADER_TYPE("safetensors-header-type", Advice.WRITER),
  METADATA_TYPE("safetensors-metadata-type", Advice.WRITER),
  DUPLICATE_TENSOR("safetensors-duplicate-tensor", Advice.WRITER),
  DUPLICATE_FIELD("safetensors-duplicate-field", Advice.WRITER),
  MISSING_FIELD("safetensors-missing-field", Advice.WRITER),
  UNKNOWN_FIELD("safetensors-unknown-field", Advice.WRITER),
  TENSOR_NAME("safetensors-tensor-name", Advice.WRITER),
  TOO_MANY_TENSORS("safetensors-too-many-tensors", Advice.WRITER),
  UNKNOWN_DTYPE("safetensors-unknown-dtype", "convert the tensor to a type of the format"),
  SHAPE("safetensors-shape", Advice.WRITER),
  SHAPE_OVERFLOW("safetensors-shape-overflow", Advice.WRITER),
  OFFSETS("safetensors-offsets", Advice.WRITER),
  SUB_BYTE("safetensors-sub-byte", "pad the tensor to a whole number of bytes"),
  TENSOR_SIZE("safetensors-tensor-size", Advice.WRITER),
  TENSOR_PAST_END("safetensors-tensor-past-end", Advice.DOWNLOAD),
  HOLE("safetensors-hole", Advice.WRITER),
  OVERLAP("safetensors-overlap", Advice.WRITER),
  TRAILING_BYTES("safetensors-trailing-bytes", Advice.WRITER),

  // The directory.
  NOT_FOUND("checkpoint-not-found", "check the path"),
  NOT_A_DIRECTORY(
      "checkpoint-not-a-directory", "give a directory, or a .tar, .tar.gz or .zip file"),
  NO_WEIGHTS(
      "checkpoint-no-weights",
      "a checkpoint has model.safetensors, an index and shards, or files of ranks"),
  FILE_NAME("checkpoint-file-name", "a file of a checkpoint lies directly in its directory"),
  FILE_TWINS("checkpoint-file-twins", "rename one of the files, here and in the index"),
  FILE_LINK("checkpoint-file-link", "copy the file, or allow links with --allow_symlinks"),
  FILE_KIND("checkpoint-file-kind", "only plain files are read"),
  FILE_MISSING("checkpoint-file-missing", "download the checkpoint again, with all its shards"),
  FILE_TOO_LARGE("checkpoint-file-too-large", "this is no such file of a real checkpoint"),
  FILE_CHANGED("checkpoint-file-changed", "let nothing write to the checkpoint while it is read"),
  INDEX_SYNTAX("checkpoint-index-syntax", "the index is a JSON file with the member weight_map"),
  INDEX_DUPLICATE("checkpoint-index-duplicate", "each tensor is in one shard"),
  INDEX_TENSOR_MISSING("checkpoint-index-tensor-missing", "index and shards do not fit together"),
  TENSOR_IN_TWO_SHARDS("checkpoint-tensor-in-two-shards", "each tensor is in one shard"),

  // The files of ranks.
  RANK_FILES(
      "checkpoint-rank-files",
      "there is one file a rank, rank0.safetensors and so on; mapping.world_size counts them"),
  RANKS_DIFFER(
      "checkpoint-ranks-differ", "the files are of several conversions: convert the model again"),

  // Archives.
  ARCHIVE_KIND("archive-kind", "archives are .tar, .tar.gz, .tgz and .zip; unpack any other first"),
  ARCHIVE_SYNTAX("archive-syntax", Advice.DOWNLOAD),
  ARCHIVE_ENTRY_NAME("archive-entry-name", Advice.HOSTILE),
  ARCHIVE_ENTRY_KIND("archive-entry-kind", "an archive holds plain files and directories only"),
  ARCHIVE_ENTRY_TWINS("archive-entry-twins", Advice.HOSTILE),
  ARCHIVE_TOO_MANY_ENTRIES("archive-too-many-entries", Advice.HOSTILE),
  ARCHIVE_TOO_LARGE("archive-too-large", Advice.HOSTILE);

  private final String code;
  private final String hint;

  CheckpointError(String code, String hint) {
    this.code = code;
    this.hint = hint;
  }

  /// Stable name of the error.
  public String code() {
    return code;
  }

  /// What the user can do.
  public String hint() {
    return hint;
  }

  private static final class Advice {
    static final String DOWNLOAD = "the file is incomplete or no such file: download it again";
    static final String WRITER = "the file does not follow its format: write it again";
    static final String HOSTILE = "do not trust this archive";
  }
}
