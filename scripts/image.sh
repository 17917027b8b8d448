#!/usr/bin/env bash
# Builds the container image with docker, podman or buildah, whichever is here and works.
#   IMAGE          its name (default: gitops-operator:latest)
#   IMAGE_BUILDER  docker, podman or buildah; the others are then not tried
# Arguments go on to the builder: scripts/image.sh --build-arg TARGETARCH=arm64
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

image=${IMAGE:-gitops-operator:latest}

fail() {
  echo "image.sh: $*" >&2
  exit 1
}

# Whether a builder is usable, else why not. That docker is installed says little: without its daemon it can do nothing.
unusable() {
  command -v "$1" >/dev/null || { echo "not installed"; return 0; }
  local said
  said=$("$1" info 2>&1 >/dev/null) || { echo "installed, but does not work: $(tail -n 1 <<<"$said")"; return 0; }
  return 1
}

case ${IMAGE_BUILDER:-} in
  '') builders=(docker podman buildah) ;;
  docker | podman | buildah) builders=("$IMAGE_BUILDER") ;;
  *) fail "IMAGE_BUILDER is '$IMAGE_BUILDER'; known: docker, podman, buildah" ;;
esac

reasons=
for builder in "${builders[@]}"; do
  if reason=$(unusable "$builder"); then
    reasons+=$'\n'"  $builder: $reason"
    continue
  fi

  echo "image.sh: building $image with $builder" >&2
  case $builder in
    docker) docker build --tag "$image" "$@" . ;;
    podman) podman build --tag "$image" "$@" . ;;
    buildah) buildah build --layers --tag "$image" "$@" . ;;
  esac
  echo "image.sh: built $image" >&2
  [ "$builder" = buildah ] || echo "try: $builder run --rm $image --help" >&2
  exit 0
done

fail "no builder for images is usable here:$reasons"$'\n'"Install one of them, or start docker's daemon."
