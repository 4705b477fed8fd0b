#!/bin/bash
# Measures and prints figures.
#   deploy/bench.sh [NAME] [--json FILE] [--rounds N] [--connections N]     without NAME all of them; deploy/bench.sh --help names them
# Needs the .NET 10 SDK and root (or sudo); installs what else is missing. A figure is no verdict: exit code 1 says that something could not be measured.
set -eu
here=$(dirname "$(readlink -f "$0")")
. "$here/packages.sh"
run_as_root "The benchmarks" "$(readlink -f "$0")" "$@"
need conntrackd=conntrackd
. "$here/run-from-clone.sh"
build_once src/ActorMirror.Node tests/ActorMirror.Benchmarks
exec dotnet "$root/tests/ActorMirror.Benchmarks/bin/Release/net10.0/publish/ambench.dll" "$@"
