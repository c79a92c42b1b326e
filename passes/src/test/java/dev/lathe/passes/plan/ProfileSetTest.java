package dev.lathe.passes.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Profile;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProfileSetTest {

  private static List<Profile> of(int batch, int tokens, boolean contextLogits) {
    return ProfileSet.of(new Manifest.Limits(batch, 4096, 1024, tokens, contextLogits));
  }

  @Test
  void aLargeBatchHasABucketForEachCountOfRowsThatPays() {
    assertThat(of(256, 8192, false))
        .containsExactly(
            new Profile("decode.8", Profile.Kind.DECODE, new Sizes(8, 8, 8)),
            new Profile("decode.16", Profile.Kind.DECODE, new Sizes(16, 16, 16)),
            new Profile("decode.64", Profile.Kind.DECODE, new Sizes(64, 64, 64)),
            new Profile("decode", Profile.Kind.DECODE, new Sizes(256, 256, 256)),
            new Profile("mixed", Profile.Kind.MIXED, new Sizes(8192, 256, 256)));
  }

  @Test
  void aSmallBatchHasOneDecodeProfile() {
    assertThat(of(8, 512, false)).extracting(Profile::name).containsExactly("decode", "mixed");
    assertThat(of(1, 512, false)).extracting(Profile::name).containsExactly("decode", "mixed");
    assertThat(of(9, 512, false))
        .extracting(Profile::name)
        .containsExactly("decode.8", "decode", "mixed");
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
