package dev.lathe.frontend.checkpoint;

import dev.lathe.frontend.json.StrictReader;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Judges the names of an archive's entries: relative, plain, and each file once.
final class ArchiveNames {
  private static final int MAX_ENTRIES = 20_000;
  private static final int MAX_PARTS = 8;

  private final Path archive;
  private final Set<String> files = new HashSet<>();
  private final Set<String> directories = new HashSet<>();
  private int entries;

  ArchiveNames(Path archive) {
    this.archive = archive;
  }

  /// The parts of an entry's path; none for the root (`./`).
  List<String> admit(String name, boolean isDirectory) {
    if (++entries > MAX_ENTRIES) {
      throw new CheckpointException(
          CheckpointError.ARCHIVE_TOO_MANY_ENTRIES,
          archive + ": more than " + MAX_ENTRIES + " entries");
    }
    List<String> parts = parts(name, isDirectory);
    checkTwins(name, parts, isDirectory);
    return parts;
  }

  private List<String> parts(String name, boolean isDirectory) {
    String path = name.startsWith("./") ? name.substring(2) : name;
    if (isDirectory && path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    if (isDirectory && (path.isEmpty() || path.equals("."))) {
      return List.of();
    }
    List<String> parts = List.of(path.split("/", -1));
    if (parts.size() > MAX_PARTS) {
      throw refuse(
          CheckpointError.ARCHIVE_ENTRY_NAME, name, "has more than " + MAX_PARTS + " parts");
    }
    for (String part : parts) {
      checkPart(name, part);
    }
    return parts;
  }

  /// Hidden files (`.gitattributes`) are common and harmless; everything else is as in an index.
  private void checkPart(String name, String part) {
    boolean hidden = part.length() > 1 && part.startsWith(".") && !part.startsWith("..");
    try {
      PlainName.check(archive.toString(), hidden ? part.substring(1) : part);
    } catch (CheckpointException e) {
      throw new CheckpointException(
          CheckpointError.ARCHIVE_ENTRY_NAME,
          archive + ": entry " + StrictReader.shown(name) + ": " + e.sentence(),
          e);
    }
  }

  /// A path may be one file, or a directory named any number of times.
  private void checkTwins(String name, List<String> parts, boolean isDirectory) {
    String path = PlainName.folded(String.join("/", parts));
    boolean twin = isDirectory ? files.contains(path) : !files.add(path);
    for (int end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
      twin |= files.contains(path.substring(0, end));
      directories.add(path.substring(0, end));
    }
    if (isDirectory) {
      directories.add(path);
    } else {
      twin |= directories.contains(path);
    }
    if (twin) {
      throw refuse(CheckpointError.ARCHIVE_ENTRY_TWINS, name, "occurs twice, case apart");
    }
  }

  CheckpointException refuse(CheckpointError error, String name, String why) {
    return new CheckpointException(
        error, archive + ": entry " + StrictReader.shown(name) + " " + why);
  }
}
