#!/bin/bash
# Measures and prints figures.
#   deploy/bench.sh protect [--json FILE]     how soon a new connection is in the mirror's kernel, at 500 new ones per second
# Needs the .NET 10 SDK and root (or sudo); installs what else is missing.
set -eu
here=$(dirname "$(readlink -f "$0")")
. "$here/packages.sh"
if ! have_root; then
  command -v sudo >/dev/null && sudo_again "$(readlink -f "$0")" "$@"
  echo "The benchmarks make network namespaces and need root: run them as root, or install sudo." >&2
  exit 1
fi
export PATH=$PATH:/usr/sbin:/sbin
need_for_run
exec "$here/amlab" bench "$@"
