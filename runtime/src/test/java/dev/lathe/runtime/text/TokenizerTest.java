package dev.lathe.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TokenizerTest {

  static Stream<byte[]> files() {
    return Stream.of(SmallTokenizers.bytes(), SmallTokenizers.byteFallback());
  }

  @Test
  void ignoresTruncationAndPaddingOfTheFile() {
    try (Tokenizer tokenizer = new Tokenizer(SmallTokenizers.bytes())) {
      assertThat(tokenizer.encode("ab")).containsExactly('a', 'b');
      assertThat(tokenizer.encode("abcdefgh")).hasSize(8);
    }
  }

  @Test
  void addsTheSpecialTokensOfThePostProcessorUnlessToldNotTo() {
    try (Tokenizer tokenizer = new Tokenizer(SmallTokenizers.byteFallback())) {
      assertThat(tokenizer.encode("a")).containsExactly(283, 256, 257);
      assertThat(tokenizer.encode("a", false)).containsExactly(256, 257);
      assertThat(tokenizer.decode(new int[] {283, 256, 257}, true)).isEqualTo("a");
    }
  }

  @Test
  void recognisesSpecialTokensInTheText() {
    try (Tokenizer tokenizer = new Tokenizer(SmallTokenizers.bytes())) {
      assertThat(tokenizer.encode("a<end>")).containsExactly('a', 256);
      assertThat(tokenizer.decode(new int[] {'a', 256}, true)).isEqualTo("a");
      assertThat(tokenizer.decode(new int[] {'a', 256}, false)).isEqualTo("a<end>");
    }
  }

  @Test
  void takesAnyUnicodeTextAndGivesItBack() {
    try (Tokenizer tokenizer = new Tokenizer(SmallTokenizers.bytes())) {
      for (String text : List.of("", "\0 nul", "🙂👩‍👩‍👧", "中文 ünï", "a\uFFFDb")) {
        assertThat(tokenizer.decode(tokenizer.encode(text), true)).isEqualTo(text);
      }
      assertThat(tokenizer.decode(tokenizer.encode("a\uD83Db"), true)).isEqualTo("a\uFFFDb");
    }
  }

  @Test
  void aFileOfAnotherKindIsAnErrorOfTheUser() {
    byte[] json = "{\"model\":{}}".getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> new Tokenizer(json))
        .isInstanceOfSatisfying(
            LatheException.class,
            e -> {
              assertThat(e.code()).isEqualTo("bad-tokenizer");
              assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_MODEL);
            });
  }

  @Test
  void cannotBeUsedAfterClose() {
    Tokenizer tokenizer = new Tokenizer(SmallTokenizers.bytes());
    tokenizer.close();
    tokenizer.close();

    assertThatThrownBy(() -> tokenizer.encode("a")).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @MethodSource("files")
  void piecesOfAStreamAreTheWholeTextAndNeverCutACharacter(byte[] json) {
    Random random = new Random(17);
    try (Tokenizer tokenizer = new Tokenizer(json)) {
      for (int round = 0; round < 300; round++) {
        String text = randomText(random);
        int[] ids = tokenizer.encode(text, false);
        Detokenizer detokenizer = new Detokenizer(tokenizer);
        List<String> pieces = new ArrayList<>();
        for (int id : ids) {
          pieces.add(detokenizer.add(id));
        }
        assertThat(pieces).noneMatch(piece -> piece.contains("\uFFFD")).allMatch(this::isWhole);
        pieces.add(detokenizer.finish());
        assertThat(String.join("", pieces)).isEqualTo(tokenizer.decode(ids, true)).isEqualTo(text);
      }
    }
  }

  private boolean isWhole(String piece) {
    return piece.isEmpty()
        || !(Character.isLowSurrogate(piece.charAt(0))
            || Character.isHighSurrogate(piece.charAt(piece.length() - 1)));
  }

  private static String randomText(Random random) {
    StringBuilder text = new StringBuilder("x");
    int length = random.nextInt(60);
    for (int i = 0; i < length; i++) {
      int codePoint =
          switch (random.nextInt(5)) {
            case 0 -> 0x1F600 + random.nextInt(60);
            case 1 -> 0x4E00 + random.nextInt(5000);
            case 2 -> 'a' + random.nextInt(26);
            case 3 -> ' ';
            default -> random.nextInt(0x2FA1D);
          };
      boolean usable = codePoint != 0xFFFD && codePoint != 0x2581;
      if (usable && Character.getType(codePoint) != Character.SURROGATE) {
        text.appendCodePoint(codePoint);
      }
    }
    return text.toString();
  }

  @Test
  void bytesThatNeverBecomeACharacterComeOutInTheEnd() {
    Random random = new Random(5);
    try (Tokenizer tokenizer = new Tokenizer(SmallTokenizers.bytes())) {
      int[] ids = random.ints(2000, 0, 256).toArray();
      Detokenizer detokenizer = new Detokenizer(tokenizer);
      StringBuilder text = new StringBuilder();
      for (int id : ids) {
        text.append(detokenizer.add(id));
      }
      text.append(detokenizer.finish());
      assertThat(text.toString()).isEqualTo(tokenizer.decode(ids, true));
    }
  }

  @Test
  void specialTokensGiveNoText() {
    try (Tokenizer tokenizer = new Tokenizer(SmallTokenizers.bytes())) {
      Detokenizer detokenizer = new Detokenizer(tokenizer);
      assertThat(detokenizer.add('a') + detokenizer.add(256) + detokenizer.add('b'))
          .isEqualTo("ab");
    }
  }
}
