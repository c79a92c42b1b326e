package dev.lathe.frontend.checkpoint;

import dev.lathe.engine.type.DType;
import dev.lathe.frontend.json.JsonFault;
import dev.lathe.frontend.json.StrictReader;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the JSON header of one safetensors file. Whether the tensors fill the file is for
/// [TensorLayout] to say.
final class HeaderParser {
  static final int MAX_TENSORS = 1_000_000;
  private static final int MAX_RANK = 32;
  private static final int MAX_DEPTH = 4;
  private static final int MAX_STRING_BYTES = 1 << 20;
  private static final String METADATA = "__metadata__";

  private final String file;
  private final Map<String, TensorEntry> tensors = new LinkedHashMap<>();
  // Models have few shapes: equal ones share a list.
  private final Map<List<Long>, List<Long>> shapes = new HashMap<>();
  private boolean metadataSeen;

  private HeaderParser(String file) {
    this.file = file;
  }

  /// The tensors of a header by name.
  ///
  /// @param file name for errors
  /// @param header the JSON text
  static Map<String, TensorEntry> parse(String file, MemorySegment header) {
    var parser = new HeaderParser(file);
    try {
      StrictReader reader = StrictReader.open(header, MAX_DEPTH, MAX_STRING_BYTES);
      reader.members("the header", key -> parser.member(reader, key));
      reader.end();
    } catch (JsonFault e) {
      throw new CheckpointException(errorOf(e), file + ": header: " + e.sentence(), e);
    }
    return parser.tensors;
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
      reader.object(label(name), key -> fields.read(reader, key));
    } catch (JsonFault e) {
      throw new CheckpointException(errorOf(e), file + ": " + e.sentence(), e);
    }
    return fields.entry();
  }

  private static String label(String name) {
    return "tensor " + StrictReader.shown(name);
  }

  private CheckpointException error(CheckpointError error, String name, String sentence) {
    return new CheckpointException(error, file + ": " + label(name) + " " + sentence);
  }

  /// The members of one tensor's entry as they come in.
  private final class Fields {
    private final String name;
    private final List<DType> dtype = new ArrayList<>(1);
    private final List<List<Long>> shape = new ArrayList<>(1);
    private final List<Long> offsets = new ArrayList<>(2);

    Fields(String name) {
      this.name = name;
    }

    void read(StrictReader reader, String key) throws JsonFault {
      switch (key) {
        case "dtype" -> dtype.add(dtype(reader.string(label(name) + " dtype")));
        case "shape" -> shape.add(shape(reader));
        case "data_offsets" -> readOffsets(reader);
        default ->
            throw error(
                CheckpointError.UNKNOWN_FIELD, name, "has a field " + StrictReader.shown(key));
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

    private List<Long> shape(StrictReader reader) throws JsonFault {
      List<Long> dimensions = new ArrayList<>(4);
      counts(reader, "shape", CheckpointError.SHAPE, dimensions);
      List<Long> key = List.copyOf(dimensions);
      return shapes.computeIfAbsent(key, same -> same);
    }

    private void readOffsets(StrictReader reader) throws JsonFault {
      counts(reader, "data_offsets", CheckpointError.OFFSETS, offsets);
      if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
        throw error(
            CheckpointError.OFFSETS,
            name,
            "must have data_offsets [begin, end] with begin <= end, but has " + offsets);
      }
    }

    private void counts(StrictReader reader, String field, CheckpointError error, List<Long> target)
        throws JsonFault {
      String what = label(name) + " " + field;
      try {
        reader.array(
            what,
            () -> {
              if (target.size() == MAX_RANK) {
                throw new JsonFault(
                    JsonFault.Kind.TYPE, what + " has more than " + MAX_RANK + " elements");
              }
              target.add(reader.count("an element of " + what));
            });
      } catch (JsonFault e) {
        boolean type = e.kind() == JsonFault.Kind.TYPE;
        throw new CheckpointException(type ? error : errorOf(e), file + ": " + e.sentence(), e);
      }
    }

    TensorEntry entry() {
      if (dtype.isEmpty() || shape.isEmpty() || offsets.isEmpty()) {
        String field = dtype.isEmpty() ? "dtype" : shape.isEmpty() ? "shape" : "data_offsets";
        throw error(CheckpointError.MISSING_FIELD, name, "has no " + field);
      }
      return new TensorEntry(
          name, dtype.getFirst(), shape.getFirst(), offsets.get(0), offsets.get(1));
    }
  }
}
