#!/bin/bash
# Measures and prints figures.
#   deploy/bench.sh protect [--json FILE]     how soon a new connection is in the mirror's kernel, at 500 new ones per second
# Needs the .NET 10 SDK and root (or sudo); installs what else is missing.
set -eu
here=$(dirname "$(readlink -f "$0")")
. "$here/packages.sh"
run_as_root "The benchmarks" "$(readlink -f "$0")" "$@"
exec "$here/amlab" bench "$@"
