/// The model families that are built in, one importer each.
///
/// Each importer states what sets the family apart. What families share has a name of its own: the
/// parts of a layer (Vocabulary, QueryKeyValue, FeedForward, ExpertLayer) and whole decoders
/// (GatedDecoder, GemmaDecoder). A new family: docs/add-a-model.md. Reading order: LlamaImporter,
/// GatedDecoder and the parts that it uses, Olmo2Importer, the others.
@NullMarked
package dev.lathe.frontend.family;

import org.jspecify.annotations.NullMarked;
