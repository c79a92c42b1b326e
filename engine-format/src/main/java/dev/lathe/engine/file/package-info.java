/// The engine file: format, writer, reader. This page is the specification of format version 3.
///
/// # Container
///
/// An engine is a ZIP archive (PKWARE APPNOTE 6.3.10) that any tool lists and unpacks. Of what ZIP
/// allows, only this occurs:
///
/// * Method "stored" alone; sizes in the ZIP64 extra field, in the local header and the directory.
/// * Entries follow each other without gaps from byte 0. The payload of each begins at a multiple
///   of 4096 bytes: the local header is filled up by the extra field `0xA11E` (alignment, then
///   zeros).
/// * Central directory, ZIP64 end record (56 bytes), ZIP64 locator (20), end record (22), comment
///   (71), and nothing after them. All dates are 1980-01-01: an engine has no time of its own.
/// * The comment is `LATHE1 ` and 64 lower-case hexadecimal digits.
///
/// # Entries, in this order
///
/// | entry | content |
/// |---|---|
/// | `manifest.json` | [dev.lathe.engine.v1.Manifest], format version first |
/// | `plan/<profile>.json` | [dev.lathe.engine.v1.Plan], in the order in which a batch tries them |
/// | `graph.ir` | text of the graph before it was lowered, for people |
/// | `provenance.json` | where the engine came from: an object, free of dates and absolute paths |
/// | `tuning.jsonl` | how kernels were chosen, an object a line; may be empty |
/// | `tokenizer/<file>` | tokenizer files of the checkpoint, unchanged, sorted by name |
/// | `kernels/<name>.ptx`, `.cubin` | text, and machine code for the target where there is some |
/// | `weights/<n>.bin` | segments of weights, n from 0 |
///
/// JSON is written by the rules of [dev.lathe.engine.json]. A weight lies in one segment, at a
/// multiple of 256 bytes, row-major and little-endian; zeros fill the gaps. A segment ends where
/// the next weight would take it over 256 MiB; a weight over that size has a segment alone.
/// Segments are what threads write and verify in parallel.
///
/// # Coverage
///
/// Every byte is covered by a SHA-256. The manifest has size and digest of each other entry's
/// payload. The digest in the comment is over everything else, in the order of the file: all local
/// headers with their padding, the manifest, the central directory, the end records, and the
/// comment up to the digits. A reader verifies this digest before it reads the manifest, and the
/// manifest's digests before it uses an entry. Engines with machine code are programs: a digest
/// shows damage, not who built the file.
///
/// # Reader
///
/// A reader refuses ([dev.lathe.engine.file.EngineFormatException], exit code 5) what is not
/// exactly as above, and checks what a well-made digest does not promise: names are unique and
/// resolve, weights lie inside their segments with the bytes of their shape, buffers lie inside the
/// arena, grids can be launched. Manifest and plans have at most 64 MiB each, and 255 levels of
/// nesting.
///
/// # Versions
///
/// The digit in the comment changes when the container or the meaning of the digest changes,
/// `formatVersion` in the manifest when entries change; a reader reads `formatVersion` before
/// anything else in the manifest. Unknown members are errors, so every change of a record is a new
/// version.
///
/// Version 3: profiles may be greedy, and a step may give the greatest of its results alone.
///
/// Version 2: layer norms, activations, soft caps, slopes, scales and attention in both directions
/// in steps. Versions 1 and 2 were never released and are not read.
///
/// # Writing
///
/// Equal content gives equal bytes, whatever the number of workers. The file is written beside its
/// target as `<target>.<16 hex digits>.partial` under an exclusive file lock, synced, and renamed;
/// partial files without a lock are left by killed writers, and the next writer into the directory
/// removes them. Of `config.json` and `rank0.engine` in one directory, the engine is renamed last
/// and stands alone: nothing reads `config.json` to run it.
///
/// Reading order: EngineContent, EngineWriter, EngineDraft, ZipStructure; then EngineReader,
/// ZipDirectory, EntryVerifier, ManifestCheck, PlanCheck, EngineFile.
@NullMarked
package dev.lathe.engine.file;

import org.jspecify.annotations.NullMarked;
