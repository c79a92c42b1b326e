# Sourced after jdk.sh. Gives `maven`, which runs the pinned Maven of the wrapper in the current
# folder, or the `mvn` on PATH where the wrapper cannot get its Maven.

maven() {
  local problem
  if problem="$(./mvnw --version 2>&1)"; then
    ./mvnw "$@"
  elif command -v mvn > /dev/null; then
    echo "The Maven wrapper has no Maven and could not download it; using $(command -v mvn)." >&2
    mvn "$@"
  else
    echo "$problem" >&2
    echo "The Maven wrapper could not download Maven, and there is no mvn on PATH." >&2
    return 69
  fi
}
