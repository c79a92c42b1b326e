package dev.lathe.passes.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Profile;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProfileSetTest {

  private static List<Profile> of(int batch, int tokens, boolean contextLogits) {
    return ProfileSet.of(
        new Manifest.Limits(batch, 4096, 1024, tokens, contextLogits), true, _ -> false);
  }

  private static List<String> names(int batch, int tokens) {
    return of(batch, tokens, false).stream().map(Profile::name).toList();
  }

  @Test
  void aLargeBatchHasAProfileForEachSizeThatPays() {
    assertThat(names(256, 8192))
        .containsExactly(
            "decode.1",
            "decode.8",
            "decode.16",
            "decode.32",
            "decode.64",
            "decode.128",
            "decode",
            "mixed.128",
            "mixed.512",
            "mixed.2048",
            "mixed");
    assertThat(of(256, 8192, false))
        .contains(
            new Profile("decode.8", Profile.Kind.DECODE, new Sizes(8, 8, 8)),
            new Profile("decode", Profile.Kind.DECODE, new Sizes(256, 256, 256)),
            new Profile("mixed.128", Profile.Kind.MIXED, new Sizes(128, 128, 128)),
            new Profile("mixed.512", Profile.Kind.MIXED, new Sizes(512, 256, 256)),
            new Profile("mixed", Profile.Kind.MIXED, new Sizes(8192, 256, 256)));
  }

  @Test
  void aSmallBatchHasOneDecodeProfile() {
    assertThat(names(8, 512)).containsExactly("decode.1", "decode", "mixed.128", "mixed");
    assertThat(names(1, 128)).containsExactly("decode", "mixed");
    assertThat(names(9, 64)).containsExactly("decode.1", "decode.8", "decode", "mixed");
  }

  @Test
  void aGreedyProfileComesBeforeTheOneWithLogitsWhereTheseAreMany() {
    Manifest.Limits limits = new Manifest.Limits(256, 4096, 1024, 512, false);

    assertThat(ProfileSet.of(limits, true, greedy -> greedy.max().sequences() <= 128))
        .filteredOn(profile -> profile.kind() == Profile.Kind.DECODE)
        .extracting(Profile::name)
        .containsExactly(
            "decode.1",
            "decode.8",
            "decode.16",
            "greedy.32",
            "decode.32",
            "greedy.64",
            "decode.64",
            "greedy.128",
            "decode.128",
            "decode");
  }

  @Test
  void onlyBatchesOfWhichNoLogitsAreWantedFitAGreedyProfile() {
    Sizes most = new Sizes(64, 64, 64);
    Sizes some = new Sizes(40, 40, 40);
    Profile greedy = new Profile("greedy.64", Profile.Kind.DECODE, most, true);

    assertThat(greedy.fits(Profile.Kind.DECODE, true, some)).isTrue();
    assertThat(greedy.fits(Profile.Kind.DECODE, false, some)).isFalse();
    assertThat(greedy.fits(Profile.Kind.MIXED, true, some)).isFalse();
    assertThat(new Profile("decode", Profile.Kind.DECODE, most).fits(greedy.kind(), true, some))
        .isTrue();
  }

  @Test
  void withoutKernelsOneProfileOfAKindIsEnough() {
    assertThat(ProfileSet.of(new Manifest.Limits(256, 4096, 1024, 8192, false), false, _ -> false))
        .extracting(Profile::name)
        .containsExactly("decode", "mixed");
  }

  @Test
  void logitsOfPromptsNeedARowAToken() {
    assertThat(of(4, 512, true).getLast().max()).isEqualTo(new Sizes(512, 4, 512));
  }

  @Test
  void noProfileHasMoreRowsThanAStepHasTokens() {
    assertThat(of(64, 32, false))
        .allSatisfy(profile -> assertThat(profile.max().tokens()).isLessThanOrEqualTo(32));
  }
}
