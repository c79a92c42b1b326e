/// The model families that are built in, one importer each.
///
/// Each file states what sets the family apart; [dev.lathe.frontend.family.GatedDecoder] writes
/// down the layers that they share. A new family: docs/add-a-model.md. Reading order:
/// LlamaImporter, GatedDecoder, the others.
@NullMarked
package dev.lathe.frontend.family;

import org.jspecify.annotations.NullMarked;
