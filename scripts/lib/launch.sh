# Sourced by the launchers of a source checkout. Gives `launch COMMAND ARGUMENT...`: builds the cli
# where it is missing or older than the sources, then becomes the Java process.
#
# LATHE_NO_BUILD=1 runs what was built last. LATHE_JAVA_OPTS holds extra options for the JVM.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
source "$root/scripts/lib/jdk.sh"
source "$root/scripts/lib/maven.sh"

# The stamp carries the time at which the last good build began.
stamp="$root/cli/target/launch.stamp"

is_built() {
  [[ -e "$stamp" && -d "$root/cli/target/lib" ]] || return 1
  local newer
  newer="$(cd "$root" && find pom.xml ./*/pom.xml ./*/src/main -newer "$stamp" -print -quit)"
  [[ -z "$newer" ]]
}

build() {
  cd "$root"
  mkdir -p cli/target
  touch cli/target/launch.started
  echo "Building Lathe ..." >&2
  if ! maven -B -ntp -pl cli -am -Dmaven.test.skip=true package > cli/target/launch.log 2>&1; then
    grep -E '^\[(WARNING|ERROR)\]|^    ' cli/target/launch.log | head -n 40 >&2
    echo "Lathe does not build; the whole log is in cli/target/launch.log." >&2
    return 1
  fi
  mv cli/target/launch.started "$stamp"
}

# One build at a time, where the system can lock.
build_once() {
  mkdir -p "$root/cli/target"
  if command -v flock > /dev/null; then
    ( flock 9 && { is_built || build; } ) 9> "$root/cli/target/launch.lock"
  else
    is_built || build
  fi
}

launch() {
  if [[ "${LATHE_NO_BUILD:-}" != 1 ]]; then
    is_built || build_once || exit 1
  fi
  local jars=("$root"/cli/target/lathe-cli-*.jar)
  # ai.djl.offline: the tokenizer library shall neither download nor report anything.
  # shellcheck disable=SC2086 # LATHE_JAVA_OPTS is a list of words
  exec "$JAVA_HOME/bin/java" -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
    -Dai.djl.offline=true ${LATHE_JAVA_OPTS:-} -cp "${jars[0]}:$root/cli/target/lib/*" dev.lathe.cli.Main "$@"
}
