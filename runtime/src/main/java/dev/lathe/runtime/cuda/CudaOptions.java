package dev.lathe.runtime.cuda;

import java.nio.file.Path;
import java.util.List;

/// How the GPU is opened.
///
/// @param ordinal number of the GPU, from 0, among those that the driver shows
/// @param graphs false: never use CUDA graphs; each launch is made anew
/// @param blocking true: wait after each launch, so that a failure names its kernel; implies no
///     graphs
/// @param libraryFolders where to look for the CUDA libraries before the usual places
public record CudaOptions(
    int ordinal, boolean graphs, boolean blocking, List<Path> libraryFolders) {
  public static final CudaOptions DEFAULT = new CudaOptions(0, true, false, List.of());

  public CudaOptions {
    libraryFolders = List.copyOf(libraryFolders);
  }
}
