/// From a checkpoint, or from a configuration alone, to a graph.
///
/// [dev.lathe.frontend.ModelLoader] is the way in: it finds the importer of the checkpoint's
/// architecture, lets it define the model, and checks that every tensor of the checkpoint is used
/// and every tensor of the model is there. Importers know the Hugging Face layout alone: `layout`
/// reads others in its terms. Reading order: ModelLoader, ImporterRegistry, the packages
/// `checkpoint`, `config`, `layout`, `spi`, `family`.
@NullMarked
package dev.lathe.frontend;

import org.jspecify.annotations.NullMarked;
