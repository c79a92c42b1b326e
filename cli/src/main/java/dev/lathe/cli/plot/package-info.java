/// Pages that hold everything they show: text, tables and plots as SVG inside of one HTML file,
/// with nothing fetched from elsewhere and no scripts.
///
/// Reading order: [dev.lathe.cli.plot.Page], [dev.lathe.cli.plot.Svg], then the plots, two of
/// which have [dev.lathe.cli.plot.Axes]. They know numbers and labels, and nothing of what these
/// mean.
@NullMarked
package dev.lathe.cli.plot;

import org.jspecify.annotations.NullMarked;
