# Sourced. Finds a JDK 25 and exports it as JAVA_HOME, or explains what to install and exits 69.

# Prints the feature version of the JDK in folder $1, or 0 where there is none.
jdk_feature_version() {
  local line=""
  if [[ -x "$1/bin/javac" && -r "$1/release" ]]; then
    line="$(grep -m1 '^JAVA_VERSION=' "$1/release" || true)"
  fi
  line="${line#*\"}"
  line="${line%%[!0-9]*}"
  echo "${line:-0}"
}

# Prints the first folder among the arguments that is a JDK 25 or newer.
first_jdk() {
  local folder
  for folder in "$@"; do
    if [[ "$(jdk_feature_version "$folder")" -ge 25 ]]; then
      echo "$folder"
      return 0
    fi
  done
  return 1
}

find_jdk() {
  local candidates=() on_path
  [[ -n "${JAVA_HOME:-}" ]] && candidates+=("$JAVA_HOME")
  candidates+=(/usr/lib/jvm/*25*)
  if on_path="$(command -v javac)"; then
    on_path="$(readlink -f "$on_path")"
    candidates+=("${on_path%/bin/javac}")
  fi
  first_jdk "${candidates[@]}"
}

if ! JAVA_HOME="$(find_jdk)"; then
  cat >&2 <<'MESSAGE'
No JDK 25 was found: not in JAVA_HOME, not under /usr/lib/jvm, and not on PATH.
Install one, then run this again or set JAVA_HOME to it:
  Debian, Ubuntu   apt-get install openjdk-25-jdk-headless (or temurin-25-jdk)
  Fedora, RHEL     dnf install java-25-openjdk-devel
  Arch             pacman -S jdk25-openjdk
MESSAGE
  exit 69
fi
export JAVA_HOME
