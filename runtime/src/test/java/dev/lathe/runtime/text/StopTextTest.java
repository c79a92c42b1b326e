package dev.lathe.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StopTextTest {

  @Test
  void holdsBackWhatMayBeginAStopWord() {
    StopText stop = new StopText(List.of("END", "\n\n"));

    assertThat(stop.add("the E")).isEqualTo("the ");
    assertThat(stop.add("Nd")).isEqualTo("ENd");
    assertThat(stop.add("\n")).isEmpty();
    assertThat(stop.add("x")).isEqualTo("\nx");
    assertThat(stop.stopped()).isFalse();
  }

  @Test
  void cutsTheTextBeforeAStopWordThatCameInPieces() {
    StopText stop = new StopText(List.of("END"));

    assertThat(stop.add("one E") + stop.add("N") + stop.add("D two")).isEqualTo("one ");
    assertThat(stop.stopped()).isTrue();
    assertThat(stop.add("more")).isEmpty();
    assertThat(stop.finish()).isEmpty();
  }

  @Test
  void givesWhatItHeldBackAtTheEnd() {
    StopText stop = new StopText(List.of("END"));
    stop.add("EN");

    assertThat(stop.finish()).isEqualTo("EN");
  }

  @Test
  void takesTheFirstOfSeveralWords() {
    assertThat(new StopText(List.of("cc", "b")).add("a b cc")).isEqualTo("a ");
  }
}
