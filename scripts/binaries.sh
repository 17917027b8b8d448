#!/usr/bin/env bash
# Fetches the programs that the sandbox runs and unpacks them (nothing is installed) into a cache, several versions side by side:
#   <cache>/etcd/3.5.16/{etcd,etcdctl,...}   <cache>/prometheus/2.53.3/prometheus   <cache>/tools/{kubectl,bwrap,ip,...}
#   <cache>/versions   one line "product version role" for each; role is old, patch or newest
#
# GITOPS_SANDBOX_BINARIES  another cache folder (default: binaries/ in the project's cache, see debian-packages.sh)
# GITOPS_ETCD_RELEASES     a folder of official releases, one subfolder a version with etcd and etcdctl in it; used instead of Debian's
# Arguments: what to fetch, of etcd, prometheus, tools, shellcheck (default: all but the last, which scripts/lint.sh asks for).
set -euo pipefail

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# How long the newest version in sid is believed before Debian is asked again.
newest_days=7

if [ $# -eq 0 ]; then
  set -- etcd prometheus tools
fi

# shellcheck source=scripts/debian-packages.sh
. "$project/scripts/debian-packages.sh"
cache=${GITOPS_SANDBOX_BINARIES:-$PROJECT_CACHE/binaries}

fail() {
  echo "binaries.sh: $*" >&2
  exit 1
}

mkdir -p "$cache" || fail "cannot write to $cache; set GITOPS_SANDBOX_BINARIES to a folder of yours"
work=$(mktemp -d "$cache/.work.XXXXXX")
trap 'rm -rf "$work"' EXIT

# Two runs at once would unpack into each other's folders.
exec 9>"$cache/.lock"
flock 9

# record PRODUCT ROLE VERSION: the file .roles/PRODUCT-ROLE says which version plays which role.
record() {
  mkdir -p "$cache/.roles"
  echo "$3" >"$cache/.roles/$1-$2"
}

# cached PRODUCT ROLE MAX_DAYS (0: for ever): whether the version with that role is there.
cached() {
  local role_file=$cache/.roles/$1-$2
  [ -f "$role_file" ] || return 1
  [ -x "$cache/$1/$(cat "$role_file")/$1" ] || return 1
  [ "$3" -eq 0 ] || [ -n "$(find "$role_file" -mtime "-$3")" ]
}

# place PRODUCT ROLE VERSION FOLDER: moves the folder's programs to their place; a rename, so a killed run leaves nothing half done.
place() {
  local target=$cache/$1/$3
  mkdir -p "$cache/$1"
  rm -rf "$target"
  mv "$4" "$target"
  record "$1" "$2" "$3"
  echo "binaries.sh: $1 $3 ($2)"
}

etcd_from_debian() { # SUITE ROLE MAX_DAYS
  cached etcd "$2" "$3" && return 0
  local tree=$work/etcd-$1
  fetch_deb "$1" etcd-server "$tree/server" || fail "cannot fetch etcd-server of Debian $1 (see the lines above); or set GITOPS_ETCD_RELEASES"
  fetch_deb "$1" etcd-client "$tree/client" || fail "cannot fetch etcd-client of Debian $1 (see the lines above); or set GITOPS_ETCD_RELEASES"
  mkdir -p "$tree/bin"
  find "$tree/server/usr/bin" "$tree/client/usr/bin" -type f -name 'etcd*' -exec cp {} "$tree/bin/" \;
  local version
  version=$("$tree/bin/etcd" --version | sed -n 's/^etcd Version: *//p')
  [ -n "$version" ] || fail "etcd of Debian $1 does not run here: $("$tree/bin/etcd" --version 2>&1 | head -3)"
  place etcd "$2" "$version" "$tree/bin"
}

etcd_from_releases() {
  local folder version
  for folder in "$GITOPS_ETCD_RELEASES"/*/; do
    if [ ! -x "$folder/etcd" ] || [ ! -x "$folder/etcdctl" ]; then continue; fi
    version=$("$folder/etcd" --version | sed -n 's/^etcd Version: *//p')
    [ -n "$version" ] || fail "$folder/etcd does not run here"
    mkdir -p "$work/release"
    cp "$folder"/etcd* "$work/release/"
    place etcd "release-$version" "$version" "$work/release"
  done
  [ -d "$cache/etcd" ] || fail "GITOPS_ETCD_RELEASES=$GITOPS_ETCD_RELEASES has no subfolder with etcd and etcdctl"
}

prometheus_from_debian() { # SUITE ROLE MAX_DAYS
  cached prometheus "$2" "$3" && return 0
  local tree=$work/prometheus-$1
  fetch_deb "$1" prometheus "$tree/server" || fail "cannot fetch prometheus of Debian $1 (see the lines above)"
  # Newer suites have promtool in a package of its own.
  if [ ! -e "$tree/server/usr/bin/promtool" ]; then
    fetch_deb "$1" promtool "$tree/client" || fail "cannot fetch promtool of Debian $1 (see the lines above)"
  fi
  mkdir -p "$tree/bin"
  find "$tree" -type f \( -path '*/usr/bin/prometheus' -o -path '*/usr/bin/promtool' \) -exec cp {} "$tree/bin/" \;
  local version
  version=$("$tree/bin/prometheus" --version 2>&1 | sed -n 's/^prometheus, version \([0-9.]*[0-9]\).*/\1/p')
  [ -n "$version" ] || fail "prometheus of Debian $1 does not run here"
  place prometheus "$2" "$version" "$tree/bin"
}

tool() { # PROGRAM SUITE PACKAGE
  [ -x "$cache/tools/$1" ] && return 0
  local tree=$work/$3 found
  fetch_deb "$2" "$3" "$tree" || fail "cannot fetch $3 of Debian $2 (see the lines above)"
  found=$(find "$tree" -type f -path "*bin/$1" | head -1)
  [ -n "$found" ] || fail "Debian's package $3 ($2) has no program $1"
  mkdir -p "$cache/tools"
  cp "$found" "$cache/tools/$1.new"
  mv "$cache/tools/$1.new" "$cache/tools/$1"
  echo "binaries.sh: $1"
}

# The programs of OpenSSH, for tests of git over ssh, with the one library that a machine without a server may lack.
ssh_programs() {
  [ -x "$cache/tools/ssh/sshd" ] && return 0
  local tree=$work/ssh target=$work/ssh-programs
  mkdir -p "$target"
  for package in openssh-server openssh-client libwrap0; do
    fetch_deb bookworm "$package" "$tree/$package" || fail "cannot fetch $package of Debian bookworm (see the lines above)"
  done
  find "$tree" -type f \( -path '*/sbin/sshd' -o -path '*/bin/ssh' -o -path '*/bin/ssh-keygen' \) -exec cp {} "$target/" \;
  find "$tree" -name 'libwrap.so*' -exec cp -P {} "$target/" \;
  mkdir -p "$cache/tools"
  rm -rf "$cache/tools/ssh"
  mv "$target" "$cache/tools/ssh"
  echo "binaries.sh: sshd, ssh"
}

for product in "$@"; do
  case $product in
    etcd)
      if [ -n "${GITOPS_ETCD_RELEASES:-}" ]; then
        etcd_from_releases
      else
        etcd_from_debian bookworm old 0
        etcd_from_debian trixie patch 0
        etcd_from_debian sid newest $newest_days
      fi
      ;;
    prometheus)
      prometheus_from_debian bookworm old 0
      prometheus_from_debian trixie patch 0
      prometheus_from_debian sid newest $newest_days
      ;;
    tools)
      tool kubectl trixie kubectl
      ssh_programs
      command -v bwrap >/dev/null || tool bwrap bookworm bubblewrap
      # Debian's ip needs libraries that a machine without it may lack, so the machine's own is preferred.
      command -v ip >/dev/null || [ -x /sbin/ip ] || [ -x /usr/sbin/ip ] || tool ip bookworm iproute2
      ;;
    shellcheck) tool shellcheck bookworm shellcheck ;;
    *) fail "unknown product $product; known: etcd, prometheus, tools, shellcheck" ;;
  esac
done

for role_file in "$cache"/.roles/*; do
  [ -f "$role_file" ] || continue
  name=$(basename "$role_file")
  echo "${name%%-*} $(cat "$role_file") ${name#*-}"
done | sort >"$cache/.versions.new"
mv "$cache/.versions.new" "$cache/versions"
