#!/usr/bin/env bash
# Runs the command that this file is named for, with the Java runtime of this folder.
# LATHE_JAVA_OPTS holds extra options for the JVM.
self="$(readlink -f "$0")"
root="${self%/bin/*}"
# The cache only makes the start faster; where it does not fit, the JVM does without it, silently.
cache=()
[[ -e "$root/lib/lathe.aot" ]] && cache=(-XX:AOTCache="$root/lib/lathe.aot")
# ai.djl.offline: the tokenizer library shall neither download nor report anything.
# shellcheck disable=SC2086 # LATHE_JAVA_OPTS is a list of words
exec "$root/runtime/bin/java" "${cache[@]}" \
  -Xlog:disable -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
  -Dai.djl.offline=true \
  ${LATHE_JAVA_OPTS:-} -jar "$root/lib/lathe.jar" "${self##*/}" "$@"
