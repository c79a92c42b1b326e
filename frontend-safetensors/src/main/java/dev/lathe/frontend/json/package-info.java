/// JSON of untrusted files: read strictly, with limits, and with every error in the words of the
/// file's reader.
///
/// [dev.lathe.frontend.json.JsonLimits] looks at raw bytes before a parser may allocate;
/// [dev.lathe.frontend.json.StrictJson] builds a tree of a small file. Knows nothing of
/// checkpoints.
@NullMarked
package dev.lathe.frontend.json;

import org.jspecify.annotations.NullMarked;
