#!/usr/bin/env bash
# Builds and runs the tests of the solution, or of some projects; the last line sums what the result files say.
# Usage: test.sh [PROJECT.csproj[=CLASS]]...
set -uo pipefail
cd "$(dirname "$0")/.."

results=$PWD/out/test-results
rm -rf "$results"
mkdir -p "$results"

if [ $# -eq 0 ]; then
  set -- GitOpsOperator.sln
fi

for what in "$@"; do
  dotnet build "${what%%=*}" -c Release --nologo -v quiet || {
    echo "The build failed." >&2
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
  }
done

# One project at a time: the tests start real clusters, and two cores are soon full.
status=0
for what in "$@"; do
  case $what in
  *.sln) target=(--solution "$what") ;;
  *) target=(--project "${what%%=*}") ;;
  esac
  if [[ $what == *=* ]]; then
    target+=(--filter-class "${what#*=}")
  fi
  dotnet test "${target[@]}" -c Release --no-build --max-parallel-test-modules 1 --results-directory "$results" --report-xunit-trx || status=$?
done

shopt -s nullglob
passed=0 failed=0 skipped=0
for file in "$results"/*.trx; do
  counters=$(grep -o '<Counters [^>]*>' "$file" | head -1)
  value() { grep -o " $1=\"[0-9]*\"" <<<"$counters" | grep -o '[0-9]*' | head -1; }
  total=$(value total)
  ok=$(value passed)
  bad=$(($(value failed) + $(value error) + $(value timeout) + $(value aborted)))
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + total - ok - bad))
done

# What the tests measured: worlds explored, writes acknowledged.
grep -hoE '(states explored: |acknowledged [0-9])[^<&]*' "$results"/*.trx

if ((passed + failed == 0)); then
  echo "No test was run." >&2
  status=1
fi
((failed == 0)) || status=1
if ((status != 0 && failed == 0)); then
  failed=1 # a project that broke without saying which test
fi
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
