package dev.lathe.frontend.checkpoint;

import dev.lathe.engine.type.DType;
import dev.lathe.frontend.json.JsonFault;
import dev.lathe.frontend.json.StrictReader;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the JSON header of one safetensors file. Whether the tensors fill the file is for
/// [TensorLayout] to say.
final class HeaderParser {
  static final int MAX_TENSORS = 1_000_000;
  private static final int MAX_RANK = 32;
  private static final int MAX_DEPTH = 4;
  private static final int MAX_STRING_BYTES = 1 << 20;
  private static final String METADATA = "__metadata__";

  private final String file;
  private final Map<String, TensorEntry> tensors = new HashMap<>();
  // Models have few shapes: equal ones share a list.
  private final Map<List<Long>, List<Long>> shapes = new HashMap<>();
  private boolean metadataSeen;

  private HeaderParser(String file) {
    this.file = file;
  }

  /// The tensors of a header.
  ///
  /// @param file name for errors
  /// @param header the JSON text
  static List<TensorEntry> parse(String file, MemorySegment header) {
    var parser = new HeaderParser(file);
    try {
      StrictReader reader = StrictReader.open(header, MAX_DEPTH, MAX_STRING_BYTES);
      reader.members("the header", key -> parser.member(reader, key));
      reader.end();
    } catch (JsonFault e) {
      throw new CheckpointException(errorOf(e), file + ": header: " + e.sentence(), e);
    }
    return List.copyOf(parser.tensors.values());
  }

  private static CheckpointError errorOf(JsonFault fault) {
    return switch (fault.kind()) {
      case ENCODING -> CheckpointError.HEADER_ENCODING;
      case SYNTAX -> CheckpointError.HEADER_SYNTAX;
      case DUPLICATE_KEY -> CheckpointError.DUPLICATE_FIELD;
      case LIMIT -> CheckpointError.HEADER_LIMIT;
      case TYPE -> CheckpointError.HEADER_TYPE;
    };
  }

  private void member(StrictReader reader, String key) throws JsonFault {
    if (key.equals(METADATA)) {
      metadata(reader);
      return;
    }
    TensorName.check(file, key);
    if (tensors.size() >= MAX_TENSORS) {
      throw new CheckpointException(
          CheckpointError.TOO_MANY_TENSORS, file + ": more than " + MAX_TENSORS + " tensors");
    }
    if (tensors.containsKey(key)) {
      throw error(CheckpointError.DUPLICATE_TENSOR, key, "is declared twice");
    }
    tensors.put(key, entry(reader, key));
  }

  private void metadata(StrictReader reader) throws JsonFault {
    if (metadataSeen) {
      throw new CheckpointException(
          CheckpointError.DUPLICATE_FIELD, file + ": " + METADATA + " occurs twice");
    }
    metadataSeen = true;
    try {
      reader.object(METADATA, key -> reader.string(METADATA + "." + key));
    } catch (JsonFault e) {
      boolean type = e.kind() == JsonFault.Kind.TYPE;
      throw new CheckpointException(
          type ? CheckpointError.METADATA_TYPE : errorOf(e), file + ": " + e.sentence(), e);
    }
  }

  private TensorEntry entry(StrictReader reader, String name) throws JsonFault {
    var fields = new Fields(name);
    try {
      reader.members("the entry", key -> fields.read(reader, key));
    } catch (JsonFault e) {
      throw fault(errorOf(e), name, e);
    }
    return fields.entry();
  }

  private CheckpointException fault(CheckpointError error, String name, JsonFault fault) {
    return new CheckpointException(
        error, file + ": " + label(name) + ": " + fault.sentence(), fault);
  }

  private static String label(String name) {
    return "tensor " + StrictReader.shown(name);
  }

  private CheckpointException error(CheckpointError error, String name, String sentence) {
    return new CheckpointException(error, file + ": " + label(name) + " " + sentence);
  }

  /// The members of one tensor's entry as they come in. Sentences are made for errors alone: a
  /// header may have a million tensors.
  private final class Fields {
    private final String name;
    private @Nullable DType dtype;
    private @Nullable List<Long> shape;
    private @Nullable List<Long> offsets;

    Fields(String name) {
      this.name = name;
    }

    void read(StrictReader reader, String key) throws JsonFault {
      switch (key) {
        case "dtype" -> {
          checkFirst(dtype, key);
          dtype = dtype(reader.string(key));
        }
        case "shape" -> {
          checkFirst(shape, key);
          List<Long> read = counts(reader, key, CheckpointError.SHAPE);
          shape = shapes.computeIfAbsent(read, same -> same);
        }
        case "data_offsets" -> {
          checkFirst(offsets, key);
          offsets = offsets(reader, key);
        }
        default ->
            throw error(
                CheckpointError.UNKNOWN_FIELD, name, "has a field " + StrictReader.shown(key));
      }
    }

    private void checkFirst(@Nullable Object earlier, String key) {
      if (earlier != null) {
        throw error(CheckpointError.DUPLICATE_FIELD, name, "has " + key + " twice");
      }
    }

    private DType dtype(String text) {
      for (DType type : DType.values()) {
        if (type.name().equals(text)) {
          return type;
        }
      }
      throw error(CheckpointError.UNKNOWN_DTYPE, name, "has the dtype " + StrictReader.shown(text));
    }

    private List<Long> offsets(StrictReader reader, String key) throws JsonFault {
      List<Long> read = counts(reader, key, CheckpointError.OFFSETS);
      if (read.size() != 2 || read.get(0) > read.get(1)) {
        throw error(
            CheckpointError.OFFSETS,
            name,
            "must have data_offsets [begin, end] with begin <= end, but has " + read);
      }
      return read;
    }

    private List<Long> counts(StrictReader reader, String key, CheckpointError error)
        throws JsonFault {
      List<Long> counts = new ArrayList<>(2);
      try {
        reader.array(
            key,
            () -> {
              if (counts.size() == MAX_RANK) {
                throw new JsonFault(
                    JsonFault.Kind.TYPE, key + " has more than " + MAX_RANK + " elements");
              }
              counts.add(reader.count(key));
            });
      } catch (JsonFault e) {
        throw fault(e.kind() == JsonFault.Kind.TYPE ? error : errorOf(e), name, e);
      }
      return List.copyOf(counts);
    }

    TensorEntry entry() {
      if (dtype == null) {
        throw missing("dtype");
      }
      if (shape == null) {
        throw missing("shape");
      }
      if (offsets == null) {
        throw missing("data_offsets");
      }
      return new TensorEntry(name, file, dtype, shape, offsets.get(0), offsets.get(1));
    }

    private CheckpointException missing(String field) {
      return error(CheckpointError.MISSING_FIELD, name, "has no " + field);
    }
  }
}
