# Sourced: makes sure of root and of Debian packages.

# have_root: true as root.
have_root() { [ "$(id -u)" -eq 0 ]; }

# sudo_again SCRIPT ARGS...: the script once more by sudo, with what dotnet and the caller need to be found.
sudo_again() { exec sudo env "PATH=$PATH" "DOTNET_ROOT=${DOTNET_ROOT:-}" "CI=${CI:-}" "$@"; }

# run_as_root WHAT SCRIPT ARGS...: goes on as root with what the daemons and the lab use, by sudo if need be; or says that WHAT needs it.
run_as_root() {
  local what=$1
  shift
  if ! have_root; then
    command -v sudo >/dev/null && sudo_again "$@"
    echo "$what make network namespaces and need root: run as root, or install sudo." >&2
    exit 1
  fi
  export PATH=$PATH:/usr/sbin:/sbin
  need_for_run
}

# have WHAT: a command, or a library by its soname.
have() {
  case $1 in
    lib*.so*) /sbin/ldconfig -p | grep -q "$1" ;;
    /*) [ -e "$1" ] ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

# need WHAT=PACKAGE...: installs by apt what is not there.
need() {
  local pair missing=()
  for pair in "$@"; do
    have "${pair%%=*}" || missing+=("${pair#*=}")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "installing ${missing[*]}"
  apt-get update -qq
  # Debian starts what it installs; the daemons bring a corosync of their own, so the system's must not run.
  local policy=/usr/sbin/policy-rc.d
  [ -e $policy ] && policy=$(mktemp) || { printf '#!/bin/sh\nexit 101\n' >$policy; chmod +x $policy; }
  local result=0
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || result=$?
  rm -f "$policy"
  return $result
}

# What the daemons and the lab use.
need_for_run() {
  need ip=iproute2 nft=nftables conntrack=conntrack corosync=corosync setsid=util-linux \
    libnftables.so.1=libnftables1 libcpg.so.4=libcpg4 libquorum.so.5=libquorum5 libcmap.so.4=libcmap4
}

# unpack FILE=PACKAGE...: packages that are not to be installed, because their servers would run from the machine's next start on, below /var/cache/actormirror.
unpack() {
  local pair cache=/var/cache/actormirror
  for pair in "$@"; do
    [ ! -e "$cache/${pair%%=*}" ] || continue
    echo "unpacking ${pair#*=}"
    apt-get update -qq && mkdir -p $cache && (cd $cache && apt-get download -qq -o APT::Sandbox::User=root "${pair#*=}" && dpkg -x "${pair#*=}"_*.deb . && rm "${pair#*=}"_*.deb) || return 1
  done
}

# The programs of hocon/scenarios/programs.conf.
need_for_programs() {
  local sshd=/usr/sbin/sshd was
  [ -e $sshd ]; was=$?
  need telnet=inetutils-telnet ssh=openssh-client $sshd=openssh-server iperf3=iperf3 dnsmasq=dnsmasq-base dig=bind9-dnsutils socat=socat libkrb5.so.3=libkrb5-3 \
    && unpack usr/sbin/telnetd=inetutils-telnetd || return 1
  # The scenario starts its own.
  [ $was -eq 0 ] || update-rc.d ssh disable >/dev/null 2>&1 || true
}
