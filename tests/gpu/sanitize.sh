#!/usr/bin/env bash
# Runs kernels of every template on a GPU under compute-sanitizer, each against the CPU's meaning.
#
#   sanitize.sh [PORTABLE [EVERY [TOOL]...]]
#
#   PORTABLE  folder made by scripts/portable --with-tests (default: the one that this file lies in)
#   EVERY     only every n-th case of each family of kernels, since a check takes long (default: 17)
#   TOOL      of compute-sanitizer (default: memcheck racecheck)
#
# A line for each family and tool: cases that passed, those that failed, the tool's own verdict.
# Ends with 1 if any case failed or any tool complained. Logs: /tmp/sanitize.
set -uo pipefail
here="$(cd "$(dirname "$(readlink -f "$0")")" && pwd)"
root="$(readlink -f "${1:-$here/../..}")" every="${2:-17}"
tools=("${@:3}")
[[ ${#tools[@]} -gt 0 ]] || tools=(memcheck racecheck)
families=(ROWS LINEAR_BF16 LINEAR_F16 LINEAR_EVERY_KERNEL EXPERTS EXPERTS_BF16 EXPERTS_F16 ROPE ATTENTION_DECODE ATTENTION_MIXED LOGITS ARGMAX)
limit=200 at_once=8 logs=/tmp/sanitize

sanitizer="$(command -v compute-sanitizer || echo /usr/local/cuda/bin/compute-sanitizer)"
if [[ ! -x "$sanitizer" ]]; then
  echo "sanitize.sh: no compute-sanitizer here; it comes with the CUDA toolkit" >&2
  exit 3
fi
mkdir -p "$logs"
cd "$root" || exit 1

check() {
  local tool="$1" family="$2" log="$logs/$1-$2.txt" status=0
  timeout "$limit" "$sanitizer" --tool "$tool" --error-exitcode 9 --print-limit 20 \
    runtime/bin/java -Xmx3g -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
    -Dlathe.root="$root" -cp 'lib/*:lib/tests/*:lib/tests/suites/*' \
    dev.lathe.tests.kernel.KernelCheckMain "$family" 0 "" "$every" > "$log" 2>&1 || status=$?
  local verdict
  verdict="$(grep -E 'ERROR SUMMARY|RACECHECK SUMMARY' "$log" | tail -n 1 | sed 's/^=* *//')"
  grep -q '^@done' "$log" || { verdict="did not come to its end; $verdict"; [[ "$status" != 0 ]] || status=1; }
  grep -q '^@fail' "$log" && status=1
  printf '%-10s %-20s passed %4d  failed %3d  exit %3d  %s\n' "$tool" "$family" \
    "$(grep -c '^@pass' "$log")" "$(grep -c '^@fail' "$log")" "$status" "$verdict"
  [[ "$status" == 0 ]]
}

status=0 running=0
for tool in "${tools[@]}"; do
  for family in "${families[@]}"; do
    check "$tool" "$family" &
    running=$((running + 1))
    if [[ "$running" -ge "$at_once" ]]; then
      wait -n || status=1
      running=$((running - 1))
    fi
  done
done
while [[ "$running" -gt 0 ]]; do
  wait -n || status=1
  running=$((running - 1))
done
exit "$status"
