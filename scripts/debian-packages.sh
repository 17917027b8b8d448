# Debian packages by name, unpacked into a folder and never installed. To be sourced:
#
#   fetch_deb SUITE PACKAGE DESTDIR      a binary package, unpacked (a DESTDIR that is already filled is left alone)
#   fetch_source SUITE PACKAGE DESTDIR   a source package, downloaded: its .dsc and archives
#   deb_version SUITE PACKAGE            the version the suite offers now
#
# Works as root and as an ordinary user: apt gets its own sources, lists and cache under $PACKAGE_CACHE and never touches the
# machine's. Where the packages come from is taken from the machine's own configuration, so a mirror, a proxy or apt.conf stay in force;
# only the suite's name differs.
# shellcheck shell=bash

# The one cache of the project: .cache/ beside the scripts, or another folder by PROJECT_CACHE.
PROJECT_CACHE=${PROJECT_CACHE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/.cache}
PACKAGE_CACHE=${PACKAGE_CACHE:-$PROJECT_CACHE/apt}

# Where Debian is, as this machine sees it: the base address before /dists/ of its first plain suite (not -updates, not -security).
# --print-uris asks the configuration and not the network, so it also works where apt was never updated and without root.
debian_base() {
  local base
  base=$(apt-get update --print-uris -o Dir::State::Lists="$PACKAGE_CACHE/none" -o Acquire::Languages=none 2>/dev/null |
    sed -n "s#^'\(.*\)/dists/[a-z0-9.]*/main/binary-[a-z0-9]*/Packages.*#\1#p" | head -n 1) || true
  if [ -z "$base" ]; then
    echo "debian-packages: apt knows no Debian archive: apt-get update --print-uris names no .../dists/SUITE/main; add one to /etc/apt/sources.list.d, or point the BINARIES variables at folders of release binaries" >&2
    return 1
  fi
  printf '%s\n' "$base"
}

# apt for one suite, reading nothing but this suite.
suite_apt() {
  local suite=$1 tool=$2; shift 2
  local home=$PACKAGE_CACHE/$suite
  "$tool" -q=1 \
    -o Dir::Etc::SourceList="$home/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State::Lists="$home/lists" -o Dir::State::status="$home/status" -o Dir::State::extended_states="$home/extended_states" \
    -o Dir::Cache="$home/cache" -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null \
    -o Acquire::Languages=none -o Acquire::Retries=3 -o APT::Sandbox::User=root -o Debug::NoLocking=true "$@"
}

# The suite's lists, fetched when there are none or they are older than a day (sid moves: a stale list names files that are gone).
refresh_suite() {
  local suite=$1 home=$PACKAGE_CACHE/$1 base keyring=/usr/share/keyrings/debian-archive-keyring.gpg signed=
  mkdir -p "$home/lists/partial" "$home/cache/archives/partial"
  (
    flock 9
    if [ -n "$(find "$home/fetched" -mmin -1440 2>/dev/null)" ]; then exit 0; fi
    base=$(debian_base) || exit 1
    if [ -f "$keyring" ]; then signed="[signed-by=$keyring] "; fi
    : > "$home/status"
    printf 'deb %s%s %s main\ndeb-src %s%s %s main\n' "$signed" "$base" "$suite" "$signed" "$base" "$suite" > "$home/sources.list"
    if ! suite_apt "$suite" apt-get update -o APT::Update::Error-Mode=any > "$home/update.log" 2>&1; then
      echo "debian-packages: the lists of Debian $suite cannot be fetched; apt said:" >&2
      cat "$home/update.log" >&2
      exit 1
    fi
    touch "$home/fetched"
  ) 9> "$home/lock"
}

deb_version() {
  refresh_suite "$1" || return 1
  suite_apt "$1" apt-cache show --no-all-versions "$2" | sed -n 's/^Version: //p' | head -n 1
}

fetch_deb() {
  local suite=$1 package=$2 destination=$3 download
  if [ -d "$destination" ]; then return 0; fi
  refresh_suite "$suite" || return 1
  mkdir -p "$(dirname "$destination")"
  download=$(mktemp -d "$destination.XXXXXX") || return 1
  # Unpacked aside and renamed at the end: an interrupted run leaves no half-filled folder that looks whole.
  if (cd "$download" && suite_apt "$suite" apt-get download "$package" > download.log 2>&1 && dpkg -x ./*.deb unpacked); then
    chmod 755 "$download/unpacked"
    # Two at once: the second finds the folder there and leaves its own.
    mv -T "$download/unpacked" "$destination" 2>/dev/null || [ -d "$destination" ]
    rm -rf "$download"
  else
    echo "debian-packages: package $package of Debian $suite cannot be fetched:" >&2
    cat "$download/download.log" >&2
    # The list may name a file that the archive has replaced since: the next try begins with fresh lists.
    rm -rf "$download" "$PACKAGE_CACHE/$suite/fetched"
    return 1
  fi
}

fetch_source() {
  local suite=$1 package=$2 destination=$3 download
  if [ -d "$destination" ]; then return 0; fi
  refresh_suite "$suite" || return 1
  mkdir -p "$(dirname "$destination")"
  download=$(mktemp -d "$destination.XXXXXX") || return 1
  if (cd "$download" && suite_apt "$suite" apt-get source --download-only "$package" > download.log 2>&1); then
    chmod 755 "$download"
    mv -T "$download" "$destination" 2>/dev/null || rm -rf "$download"
  else
    echo "debian-packages: source package $package of Debian $suite cannot be fetched:" >&2
    cat "$download/download.log" >&2
    # The list may name a file that the archive has replaced since: the next try begins with fresh lists.
    rm -rf "$download" "$PACKAGE_CACHE/$suite/fetched"
    return 1
  fi
}
