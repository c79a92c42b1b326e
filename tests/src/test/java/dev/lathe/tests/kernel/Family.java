package dev.lathe.tests.kernel;

import dev.lathe.engine.type.DType;
import java.util.List;

/// Cases that run in one process.
enum Family {
  ROWS,
  LINEAR_BF16,
  LINEAR_F16,
  LINEAR_F32,
  LINEAR_EVERY_KERNEL,
  ROPE,
  ATTENTION_DECODE,
  ATTENTION_MIXED,
  ATTENTION_LONG,
  LOGITS,
  ARGMAX,
  EXPERTS,
  EXPERTS_BF16,
  EXPERTS_F16;

  /// In the order in which they run; always the same.
  List<NamedCase> cases() {
    return switch (this) {
      case ROWS -> RowCases.of();
      case LINEAR_BF16 -> LinearCases.of(DType.BF16);
      case LINEAR_F16 -> LinearCases.of(DType.F16);
      case LINEAR_F32 -> LinearCases.of(DType.F32);
      case LINEAR_EVERY_KERNEL -> LinearCases.everyCandidate();
      case ROPE -> RopeCases.of();
      case ATTENTION_DECODE -> AttentionCases.of(true);
      case ATTENTION_MIXED -> AttentionCases.of(false);
      case ATTENTION_LONG -> AttentionCases.ofLongContexts();
      case LOGITS -> LogitCases.of();
      case ARGMAX -> ArgmaxCases.of();
      case EXPERTS -> ExpertCases.ofRouting();
      case EXPERTS_BF16 -> ExpertCases.of(DType.BF16);
      case EXPERTS_F16 -> ExpertCases.of(DType.F16);
    };
  }
}
