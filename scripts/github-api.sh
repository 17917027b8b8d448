#!/usr/bin/env bash
# Fetches GitHub's published OpenAPI description of its API into the project's cache, for the tests of pull requests:
#   <cache>/github-api/VERSION/api.github.com.json
# It comes from the npm package @octokit/openapi through the ordinary npm client and its settings; nothing of the package is run.
set -euo pipefail

version=23.0.2
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=$project/.cache/github-api/$version
[ -f "$target/api.github.com.json" ] && exit 0

fail() {
  echo "github-api.sh: $*" >&2
  exit 1
}

command -v npm >/dev/null || fail "there is no npm here; fetch @octokit/openapi $version elsewhere and name its api.github.com.json in GITOPS_GITHUB_OPENAPI"
mkdir -p "$target"
work=$(mktemp -d "$target/.work.XXXXXX")
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --silent --ignore-scripts "@octokit/openapi@$version" >/dev/null) || fail "cannot fetch @octokit/openapi $version (see the lines above)"
tar xzf "$work"/*.tgz -C "$work" package/generated/api.github.com.json || fail "the package has no generated/api.github.com.json"
mv "$work/package/generated/api.github.com.json" "$target/api.github.com.json"
echo "github-api.sh: GitHub's API description $version"
