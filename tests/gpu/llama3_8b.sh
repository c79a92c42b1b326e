#!/usr/bin/env bash
# The Llama-3-8B shape on a GPU, from checkpoint to text, in a portable folder (its path is the
# argument) on a machine with a GPU and python3 with torch and transformers.
#
#   llama3_8b.sh PORTABLE [WORK_DIRECTORY]
#
# Prints: build phases, memory and write speed; load time; relative error of the logits of 64 tokens
# against transformers; text generation at batch 1 and 8. Each step has a time limit.
set -uo pipefail
portable="$(readlink -f "$1")"
work="${2:-/tmp/llama3-8b}"
here="$(cd "$(dirname "$(readlink -f "$0")")" && pwd)"
checkpoint="$work/checkpoint" engine="$work/engine"
mkdir -p "$work"
failures=0

step() {
  local name="$1" limit="$2" started=$EPOCHREALTIME
  shift 2
  echo "=== $name"
  timeout "$limit" "$@"
  local status=$?
  printf -- '--- %s: exit %s, %.1f s\n' "$name" "$status" \
    "$(bc <<< "$EPOCHREALTIME - $started" 2> /dev/null || echo 0)"
  [[ $status == 0 ]] || failures=$((failures + 1))
}

seq -s, 1000 37 3331 | cut -d, -f1-64 > "$work/prompt.csv"
seq -s, 500 11 1897 | cut -d, -f1-128 > "$work/prompt128.csv"
for i in 1 2 3 4 5 6 7 8; do seq -s, $((i * 700)) 11 $((i * 700 + 1397)) | cut -d, -f1-128; done \
  > "$work/eight.csv"

[[ -e "$checkpoint/config.json" ]] \
  || step "checkpoint" 240 "$portable/bin/trtllm-make-checkpoint" llama-3-8b "$checkpoint"
du -shL "$checkpoint"
LATHE_JAVA_OPTS="-Xmx1g" step "build" 240 "$portable/bin/trtllm-build" \
  --checkpoint_dir "$checkpoint" --output_dir "$engine" --gather_context_logits \
  --max_batch_size 64 --max_num_tokens 2048 --max_seq_len 2048
step "logits" 120 "$portable/bin/trtllm-run" --engine_dir "$engine" --device cuda \
  --input_file "$work/prompt.csv" --max_output_len 1 --end_id -1 \
  --output_logits_npy "$work/logits.npy"
step "against transformers" 240 python3 "$here/compare_logits.py" \
  "$checkpoint" "$work/prompt.csv" "$work/logits.npy"
step "batch 1" 60 "$portable/bin/trtllm-run" --engine_dir "$engine" --device cuda \
  --input_file "$work/prompt128.csv" --max_output_len 128 --end_id -1 --output_csv "$work/1.csv"
step "batch 8" 60 "$portable/bin/trtllm-run" --engine_dir "$engine" --device cuda \
  --input_file "$work/eight.csv" --max_output_len 128 --end_id -1 --output_csv "$work/8.csv"
step "time by kernel" 60 "$portable/bin/trtllm-run" --engine_dir "$engine" --device cuda \
  --input_file "$work/prompt128.csv" --max_output_len 32 --end_id -1 --run_profiling
echo "steps that failed: $failures"
exit "$((failures > 0))"
