#!/usr/bin/env bash
# Whether sources and scripts are as the rules say; what analyzers have to say, the build says. Ends with an error if something is not.
#   formatted            dotnet csharpier check
#   shell scripts        shellcheck: the machine's own, else Debian's, unpacked into .cache/
#                        SHELLCHECK=PROGRAM names another; SHELLCHECK=none leaves it out
#   lines of *.cs        at most max_line_length of .editorconfig
#   CONTRIBUTING.md      names files that are there
#   names in *.cs        a parameter of type CancellationToken is called cancellationToken; no ConfigureAwait(true or false)
set -uo pipefail
cd "$(dirname "$0")/.." || exit

wrong=0

# rule TITLE: lists what comes in, FILE:LINE:TEXT, and counts it as wrong.
rule() {
  local found
  found=$(cat)
  [ -n "$found" ] || return 0
  echo "lint: $1:" >&2
  cut -c 1-200 <<<"$found" | sed 's#^\./#  #' >&2
  wrong=1
}

sources() { find . \( -name obj -o -name bin -o -name .cache -o -name out \) -prune -o -name '*.cs' -print0; }

longest=$(sed -n 's/^max_line_length = //p' .editorconfig)
# Characters, not bytes.
rule "lines longer than $longest characters" < <(sources | LC_ALL=C.UTF-8 xargs -0 grep -HnE "^.{$((longest + 1))}")
rule 'a CancellationToken that is not called cancellationToken' < <(
  sources | xargs -0 grep -HnE '\bCancellationToken\?? [a-z][A-Za-z]*( = default| = null)?[,)]' | grep -vE '\bCancellationToken\?? cancellationToken\b'
)
rule 'ConfigureAwait has no use here: there is no synchronization context' < <(sources | xargs -0 grep -HnE 'ConfigureAwait\((true|false)\)')

# The backticks are Markdown's.
# shellcheck disable=SC2016
rule 'CONTRIBUTING.md names what is not there' < <(
  grep -oE '`[a-zA-Z.]+/[^` ]*`|`[A-Z][A-Za-z.]+\.(sln|props)`' CONTRIBUTING.md | tr -d '`' | while read -r path; do
    [ "$path" = .cache/ ] || [ -e "$path" ] || echo "CONTRIBUTING.md: $path"
  done
)

if [ "${SHELLCHECK:-}" != none ]; then
  cached=${GITOPS_SANDBOX_BINARIES:-${PROJECT_CACHE:-.cache}/binaries}/tools/shellcheck
  shellcheck=${SHELLCHECK:-$(command -v shellcheck || echo "$cached")}
  [ "$shellcheck" != "$cached" ] || [ -x "$cached" ] || scripts/binaries.sh shellcheck >&2
  if [ -x "$shellcheck" ]; then
    "$shellcheck" -x scripts/*.sh .ci/run >&2 || wrong=1
  else
    echo "lint: there is no shellcheck: install it, or name one in SHELLCHECK; SHELLCHECK=none leaves it out" >&2
    wrong=1
  fi
fi

if ! dotnet tool restore --verbosity quiet >/dev/null || ! dotnet csharpier check . >&2; then
  echo "lint: not formatted; make format does it" >&2
  wrong=1
fi
exit $wrong
