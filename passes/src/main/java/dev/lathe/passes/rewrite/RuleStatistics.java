package dev.lathe.passes.rewrite;

/// How a rule fared in one run of its set.
///
/// @param tries ops that it looked at
/// @param fires rewrites that it made
/// @param nanos time that it took
public record RuleStatistics(String rule, String equation, long tries, long fires, long nanos) {

  RuleStatistics plus(boolean fired, long time) {
    return new RuleStatistics(rule, equation, tries + 1, fires + (fired ? 1 : 0), nanos + time);
  }
}
