# Sourced by the wrappers beside it: runs a program of this clone, built when it is missing or older than its sources.
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)

# build_once PROJECT...: one build serves all callers; the lock keeps two of them from building at once.
build_once() {
  local project assembly
  exec 9>"${TMPDIR:-/tmp}/actormirror-build-$(id -u)-$(echo "$root" | cksum | cut -d' ' -f1).lock"
  flock 9
  for project in "$@"; do
    assembly=$root/$project/bin/Release/net10.0/built
    if [ ! -e "$assembly" ] || [ -n "$(find "$root/src" "$root/$project" "$root"/Directory.* -newer "$assembly" -type f \
        -not -path '*/obj/*' -not -path '*/bin/*' -print -quit)" ]; then
      dotnet build -c Release -v quiet -nologo -clp:ErrorsOnly "$root/$project" >&2 || return 1
      touch "$assembly"
    fi
  done
  exec 9>&-
}
