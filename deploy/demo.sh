#!/bin/bash
# The main job on one machine: three devices, two traffic groups, hundreds of connections through every fault.
#   deploy/demo.sh [--json FILE] [--repeat N] [--only FAULT[,FAULT]]
# Needs the .NET 10 SDK and root (or sudo); installs what else is missing. Exit code 0: no eligible connection was lost.
set -eu
here=$(dirname "$(readlink -f "$0")")
. "$here/packages.sh"
if ! have_root; then
  command -v sudo >/dev/null && sudo_again "$(readlink -f "$0")" "$@"
  echo "The demo makes network namespaces and needs root: run it as root, or install sudo." >&2
  exit 1
fi
export PATH=$PATH:/usr/sbin:/sbin
need_for_run
exec "$here/amlab" demo "$@"
