package dev.lathe.cli.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.v1.KernelChoice.Gpu;
import dev.lathe.passes.tune.TimingCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimingCacheFileTest {
  @TempDir private Path folder;
  private Path path;

  @BeforeEach
  void choosePath() {
    path = folder.resolve("not there yet").resolve("timing.cache");
  }

  @Test
  void aFileIsMadeWithItsFolderAndGrowsLineByLine() throws IOException {
    TimingCacheFile file = TimingCacheFile.open(path);
    file.add(entry("a", 1));
    file.add(entry("b", 2));
    file.add(entry("a", 1));

    assertThat(Files.readAllLines(path))
        .containsExactly(entry("a", 1).line(), entry("b", 2).line());
  }

  @Test
  void linesOfOtherBuildsStay() throws IOException {
    TimingCacheFile.open(path).add(entry("a", 1));
    TimingCacheFile.open(path).add(entry("a", 3));
    TimingCacheFile.open(path).touch();

    assertThat(Files.readAllLines(path)).hasSize(2);
    assertThat(TimingCacheFile.read(path).entries()).containsExactly(entry("a", 3));
  }

  @Test
  void aLineThatWasCutShortMakesRoomForTheNext() throws IOException {
    TimingCacheFile.open(path).add(entry("a", 1));
    String whole = Files.readString(path);
    Files.writeString(path, whole + entry("\u00e9", 2).line().substring(0, 80));

    TimingCacheFile.open(path).add(entry("b", 2));

    assertThat(Files.readString(path)).isEqualTo(whole + entry("b", 2).line() + "\n");
  }

  @Test
  void aFileOfAnotherKindIsRefusedAndStaysAsItIs() throws IOException {
    Files.createDirectories(path.getParent());
    byte[] other = {(byte) 0xFF, 0, 7, '\n', 3};
    Files.write(path, other);

    assertThatThrownBy(() -> TimingCacheFile.open(path))
        .isInstanceOf(LatheException.class)
        .hasMessageContaining("line 1 of " + path + " is no timing");
    assertThat(path).hasBinaryContent(other);
  }

  private static TimingCache.Entry entry(String problem, long nanos) {
    Gpu gpu = new Gpu("Some GPU", 132, 13000);
    return new TimingCache.Entry(
        new TimingCache.Key(gpu, "sm_90a", problem, "0123"), "a", "n=1", nanos, List.of());
  }
}
