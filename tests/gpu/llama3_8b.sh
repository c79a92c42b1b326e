#!/usr/bin/env bash
# The Llama-3-8B shape (generated weights) on a GPU, from checkpoint to tokens, with what each part
# takes. The machine has python3 with torch and transformers.
#
#   llama3_8b.sh [PORTABLE [DIRECTORY]] [OPTION]...
#
#   PORTABLE         folder made by scripts/portable (default: the one that this file lies in)
#   DIRECTORY        where checkpoint, engine and logs go (default: /tmp/llama3-8b); 33 GB
#   --shape NAME     another shape of trtllm-make-checkpoint (default: llama-3-8b)
#   --skip PARTS     parts to leave out, comma-separated: make, build, load, logits, generate,
#                    profile; what they make must be there. A checkpoint that is there is kept.
#   --float32        compare the logits with transformers in float32, too
#   --target TARGET, --device DEVICE   as those of the commands (default: sm_90a, cuda)
#
# A part that fails does not stop the next. Ends with a table, and 1 if any part failed.
set -uo pipefail
here="$(cd "$(dirname "$(readlink -f "$0")")" && pwd)"

shape=llama-3-8b skip="" float32=--skip_float32 target=sm_90a device=cuda places=()

usage() {
  sed -n '2,16s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

while [[ $# -gt 0 ]]; do
  case "$1" in
    --float32) float32="" ;;
    --shape | --skip | --target | --device)
      [[ $# -ge 2 ]] || usage
      printf -v "${1#--}" %s "$2"
      shift
      ;;
    -*) usage ;;
    *) places+=("$1") ;;
  esac
  shift
done

root="$(readlink -f "${places[0]:-$here/../..}")" dir="${places[1]:-/tmp/llama3-8b}"
checkpoint="$dir/checkpoint" engine="$dir/engine" logs="$dir/logs"
mkdir -p "$logs"
PATH="$root/bin:$PATH"
output_tokens=256 batch=8
summary=() failed=0

wants() {
  [[ ",$skip," != *",$1,"* ]]
}

# Adds a line to the table: what, figures.
note() {
  summary+=("$(printf '%-10s %s' "$1" "$2")")
  echo "== $1: $2"
}

# Runs a command for at most $2 seconds; its output goes to $logs/$1.{out,err}.
# Sets `took`. Where it fails, the table says so, with the end of what it printed.
step() {
  local name="$1" limit="$2" begin end code=0
  shift 2
  echo "-- $*"
  begin="$(date +%s.%N)"
  timeout --kill-after=5 "$limit" "$@" > "$logs/$name.out" 2> "$logs/$name.err" || code=$?
  end="$(date +%s.%N)"
  took="$(awk "BEGIN { printf \"%.1f\", $end - $begin }")"
  if [[ $code -ne 0 ]]; then
    failed=1
    note "$name" "FAILED with $code after $took s"
    tail -n 30 "$logs/$name.err" "$logs/$name.out"
    return 1
  fi
}

# Prints an expression over the JSON object `j` of a log.
json() {
  python3 - "$logs/$1.out" "$2" << 'PYTHON'
import json, sys
text = open(sys.argv[1]).read()
j = json.loads(text[text.index("{"):])
print(eval(sys.argv[2]))
PYTHON
}

# Writes $2 prompts of $1 ids each to $3, always the same ones.
prompts() {
  awk -v tokens="$1" -v prompts="$2" -v vocabulary="$([[ $shape == tiny ]] && echo 250 || echo 30000)" 'BEGIN {
    seed = 20260901
    for (p = 0; p < prompts; p++) {
      line = ""
      for (t = 0; t < tokens; t++) {
        seed = (seed * 16807) % 2147483647
        line = line (t ? "," : "") (seed % vocabulary + 1)
      }
      print line
    }
  }' > "$3"
}

generate() {
  local name="$1" file="$2" length="$3"
  shift 3
  step "$name" 120 trtllm-run --engine_dir "$engine" --device "$device" --input_file "$file" \
    --max_output_len "$length" --end_id -1 --json "$@"
}

prompts 64 1 "$dir/prompt.csv"
prompts 128 1 "$dir/one.csv"
prompts 128 "$batch" "$dir/many.csv"
command -v nvidia-smi > /dev/null \
  && nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader

if wants make && [[ ! -e "$checkpoint/config.json" ]]; then
  step make 300 trtllm-make-checkpoint "$shape" "$checkpoint" --json \
    && note make "$(json make '"%.2f GB, %d tensors" % (j["bytes"] / 1e9, j["tensors"])') in $took s"
fi

if wants build; then
  rm -rf "$engine"
  LATHE_JAVA_OPTS="-Xmx1g ${LATHE_JAVA_OPTS:-}" step build 300 trtllm-build \
    --checkpoint_dir "$checkpoint" --output_dir "$engine" --target "$target" --json \
    --max_batch_size 64 --max_num_tokens 2048 --max_seq_len 2048 --gather_context_logits \
    && {
      note build "$(json build '"%.2f GB, %d kernels" % (j["engine_bytes"] / 1e9, j["kernels"])') in $took s with -Xmx1g"
      note phases "$(json build '", ".join("%s %.2f s" % p for p in j["seconds"].items())')"
      note tuning "$(json build '", ".join("%s %s" % p for p in j["tuning"].items())')"
      note writing "$(json build '"%.2f GB/s" % j["write_gigabytes_per_second"]')"
      note memory "$(json build '"heap at most %.0f MB, anonymous resident at most %.0f MB" % (j["memory"]["peak_heap_bytes"] / 1e6, j["memory"]["peak_resident_anonymous_bytes"] / 1e6)')"
    }
fi

if wants load; then
  # The first run reads the engine into the page cache; the second finds it there.
  generate load-first "$dir/one.csv" 1 \
    && generate load "$dir/one.csv" 1 \
    && note load "$(json load '"%.2f s from the page cache" % j["load_seconds"]'), first $(json load-first '"%.2f s" % j["load_seconds"]'); whole command $took s"
fi

if wants logits; then
  # shellcheck disable=SC2086 # float32 is an option or nothing
  generate logits "$dir/prompt.csv" 1 --output_logits_npy "$dir/logits.npy" \
    && step compare 240 python3 "$here/compare_logits.py" "$checkpoint" "$dir/prompt.csv" \
      "$dir/logits.npy" $float32 \
    && note logits "$(json compare '", ".join("%s %s" % (k, "%.5f" % v if isinstance(v, float) else v) for k, v in j.items())')"
fi

# Tokens a second after the first token of each sequence.
rate='"%d sequences: %.1f tokens/s in all, %.1f after the first tokens (%.2f ms a step), first token after %.1f ms" % (
  len(j["outputs"]), j["output_tokens_per_second"],
  sum((len(o["tokens"]) - 1) / (o["seconds"] - o["first_token_seconds"]) for o in j["outputs"]),
  1e3 * max((o["seconds"] - o["first_token_seconds"]) / (len(o["tokens"]) - 1) for o in j["outputs"]),
  1e3 * min(o["first_token_seconds"] for o in j["outputs"]))'

if wants generate; then
  generate batch1 "$dir/one.csv" "$output_tokens" && note "batch 1" "$(json batch1 "$rate")"
  generate batch8 "$dir/many.csv" "$output_tokens" && note "batch $batch" "$(json batch8 "$rate")"
fi

if wants profile; then
  step profile 120 trtllm-run --engine_dir "$engine" --device "$device" --input_file "$dir/one.csv" \
    --max_output_len 32 --end_id -1 --run_profiling \
    && grep -v '^Input\|^Output' "$logs/profile.out" | head -n 30
fi

echo
printf '%s\n' "${summary[@]}" | tee "$logs/summary.txt"
exit "$failed"
