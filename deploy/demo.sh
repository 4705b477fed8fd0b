#!/bin/bash
# The main job on one machine: three devices, two traffic groups, hundreds of connections through every fault.
#   deploy/demo.sh [--json FILE] [--repeat N] [--only FAULT[,FAULT]]
# Needs the .NET 10 SDK and root (or sudo); installs what else is missing. Exit code 0: no eligible connection was lost.
set -eu
here=$(dirname "$(readlink -f "$0")")
. "$here/packages.sh"
run_as_root "The demo and its devices" "$(readlink -f "$0")" "$@"
exec "$here/amlab" demo "$@"
