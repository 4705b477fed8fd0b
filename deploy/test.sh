#!/bin/bash
# Builds and runs every test, those on the real kernel included; installs what they need.
#   deploy/test.sh [--nightly]        --nightly: the long ones too
# Without root and without sudo the privileged tests are skipped and said so; with CI=true that is a failure.
# The last line is the sum: N passed, N failed, N skipped.
set -u
here=$(dirname "$(readlink -f "$0")")
root=$(dirname "$here")
. "$here/packages.sh"
export PATH=$PATH:/usr/sbin:/sbin

if ! have_root && command -v sudo >/dev/null; then sudo_again "$(readlink -f "$0")" "$@"; fi

filter="Category!=Nightly"
if [ "${1:-}" = "--nightly" ]; then filter=""; fi

if have_root; then
  need_for_run && need_for_programs && need gcc=gcc /usr/include/linux/netlink.h=linux-libc-dev /usr/include/nftables/libnftables.h=libnftables-dev \
    /usr/include/corosync/cpg.h=libcpg-dev /usr/include/corosync/quorum.h=libquorum-dev /usr/include/corosync/cmap.h=libcmap-dev \
    vsftpd=vsftpd lftp=lftp || exit 1
  probe=am-probe-$$
  if ! ip netns add $probe || ! ip netns del $probe; then
    echo "This machine does not let root make network namespaces: the tests on the real kernel cannot run here."
    [ "${CI:-}" != "true" ] || exit 1
  fi
else
  echo "Neither root nor sudo: the tests on the real kernel are skipped."
fi

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
passed=0 failed=0 skipped=0

count() { sed -n "s/.*<Counters .*\<$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -1; }

# run PROJECT MINUTES
run() {
  local project=$1 minutes=$2 start=$SECONDS trx="$results/$1.trx" total executed good
  echo "== $project (budget $minutes min)"
  dotnet test "$root/tests/$project" -c Release --no-build --nologo ${filter:+--filter "$filter"} \
    --logger "trx;LogFileName=$trx" --logger "console;verbosity=minimal" || true
  if [ -s "$trx" ]; then
    total=$(count "$trx" total) executed=$(count "$trx" executed) good=$(count "$trx" passed)
    passed=$((passed + good)) failed=$((failed + executed - good)) skipped=$((skipped + total - executed))
    if [ "$total" -eq 0 ]; then echo "$project ran no test"; failed=$((failed + 1)); fi
  else
    echo "$project gave no result"
    failed=$((failed + 1))
  fi
  local took=$((SECONDS - start))
  echo "== $project took $((took / 60)):$(printf %02d $((took % 60))) of $minutes:00"
}

if dotnet build "$root/ActorMirror.sln" -c Release --nologo -v quiet -clp:ErrorsOnly; then
  run ActorMirror.Tests 4
  run ActorMirror.Kernel.Tests 5
  run ActorMirror.Lab.Tests 7
else
  echo "the build failed"
  failed=1
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
