package dev.lathe.cli.run;

import dev.lathe.runtime.GenerationResult;
import java.util.List;

/// One output: the answer number `sequence` to prompt number `prompt`.
record Output(
    int prompt, int sequence, Prompt asked, List<Integer> promptTokens, GenerationResult result) {}
