package dev.lathe.frontend.checkpoint;

import dev.lathe.frontend.json.JsonFault;
import dev.lathe.frontend.json.StrictReader;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;

/// `model.safetensors.index.json`: which tensor lies in which shard.
///
/// @param file name for errors
/// @param shardOf file name by tensor name
/// @param shards the file names, in order of first mention
record ShardIndex(String file, Map<String, String> shardOf, SequencedSet<String> shards) {
  static final String FILE_NAME = "model.safetensors.index.json";
  static final long MAX_BYTES = 256L << 20;
  private static final int MAX_DEPTH = 16;
  private static final int MAX_STRING_BYTES = 1 << 16;
  private static final int MAX_SHARDS = 10_000;

  static ShardIndex parse(String file, byte[] text) {
    var index = new ShardIndex(file, new LinkedHashMap<>(), new LinkedHashSet<>());
    try {
      StrictReader reader =
          StrictReader.open(MemorySegment.ofArray(text), MAX_DEPTH, MAX_STRING_BYTES);
      reader.object("the index", key -> index.member(reader, key));
      reader.end();
    } catch (JsonFault e) {
      throw syntax(file, e.sentence(), e);
    }
    if (index.shards.isEmpty()) {
      throw new CheckpointException(
          CheckpointError.INDEX_SYNTAX, file + ": weight_map is missing or empty");
    }
    index.checkTwins();
    return index;
  }

  private void member(StrictReader reader, String key) throws JsonFault {
    if (key.equals("weight_map")) {
      reader.members("weight_map", tensor -> tensor(reader, tensor));
    } else {
      reader.skip();
    }
  }

  private void tensor(StrictReader reader, String tensor) throws JsonFault {
    TensorName.check(file, tensor);
    String label = StrictReader.shown(tensor);
    String shard = PlainName.check(file, reader.string("weight_map of " + label));
    if (!shard.endsWith(".safetensors")) {
      throw new CheckpointException(
          CheckpointError.FILE_NAME,
          file
              + ": "
              + StrictReader.shown(shard)
              + " of tensor "
              + label
              + " does not end with .safetensors");
    }
    if (shardOf.put(tensor, shard) != null) {
      throw new CheckpointException(
          CheckpointError.INDEX_DUPLICATE, file + ": tensor " + label + " occurs twice");
    }
    if (shardOf.size() > HeaderParser.MAX_TENSORS
        || (shards.add(shard) && shards.size() > MAX_SHARDS)) {
      throw new CheckpointException(
          CheckpointError.TOO_MANY_TENSORS,
          file
              + ": more than "
              + HeaderParser.MAX_TENSORS
              + " tensors or "
              + MAX_SHARDS
              + " shards");
    }
  }

  private void checkTwins() {
    Map<String, String> byFoldedName = new HashMap<>();
    for (String shard : shards) {
      String twin = byFoldedName.put(PlainName.folded(shard), shard);
      if (twin != null) {
        throw new CheckpointException(
            CheckpointError.FILE_TWINS,
            file
                + ": "
                + StrictReader.shown(twin)
                + " and "
                + StrictReader.shown(shard)
                + " are one file on some file systems");
      }
    }
  }

  private static CheckpointException syntax(String file, String sentence, JsonFault cause) {
    boolean duplicate = cause.kind() == JsonFault.Kind.DUPLICATE_KEY;
    return new CheckpointException(
        duplicate ? CheckpointError.INDEX_DUPLICATE : CheckpointError.INDEX_SYNTAX,
        file + ": " + sentence,
        cause);
  }
}
