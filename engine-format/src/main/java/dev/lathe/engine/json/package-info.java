/// Records as JSON text and back.
///
/// gson knows the grammar of JSON; this package maps records to it, by their components alone:
///
/// * record: an object, members in the order of the components;
/// * a record of a sealed interface: the same, with a first member `"type"`, the record's simple
///   name with a small first letter;
/// * enum constant: its name in lower case; `Optional`: the member is there or not;
/// * `List`: array; `Map` with text keys: object, keys sorted;
/// * number: as Java prints it; `"NaN"`, `"Infinity"`, `"-Infinity"` for floats that JSON lacks;
/// * a text type ([dev.lathe.engine.json.TextType]): a string.
///
/// Equal values give equal text. Reading is strict: an unknown, doubled or missing member, a number
/// out of range, an unknown `"type"` or a value that the record itself refuses is a
/// [dev.lathe.engine.json.RecordFormatException] that gives the place, such as `$.steps[3].op.in`.
///
/// Reading order: RecordCodec, RecordShape, JsonLayout; EngineJson has the types of `v1`.
@NullMarked
package dev.lathe.engine.json;

import org.jspecify.annotations.NullMarked;
