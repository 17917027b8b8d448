#!/usr/bin/env bash
# Builds and runs the tests of the solution, or of the projects named; the last line sums what the result files say.
# Usage: test.sh [--check] [PROJECT.csproj[=CLASS]…]
#   --check   only what is quick and starts no process: without the traits starts=processes and takes=long. The kernel refuses to start
#             one (tests/NoProcesses.cs), so a test that lacks the trait fails.
# Where no project is named, sources and scripts are looked at first (scripts/lint.sh); what is wrong there counts as one failed test.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

# A project that hangs must not take the others' result with it: it is ended, counted as failed, and the rest goes on.
limit=${TEST_PROJECT_LIMIT:-2700} # seconds for one project; the longest takes about half of it on two cores
all=${TEST_LIMIT:-5000}           # seconds for all of them
slow=120                          # seconds after which a test still running is named

traits=()
if [ "${1:-}" = --check ]; then
  shift
  traits=(-trait- starts=processes -trait- takes=long)
  export TEST_NO_PROCESSES=1
fi

results=$PWD/out/test-results
rm -rf "$results"
mkdir -p "$results"

projects=("$@")
[ $# -gt 0 ] || projects=(tests/*/*.Tests.csproj tests/Domains/*/*.Tests.csproj)

lint=0
[ $# -gt 0 ] || scripts/lint.sh || lint=1

for what in "${@:-GitOpsOperator.sln}"; do
  dotnet build "${what%%=*}" -c Release --nologo -v quiet || {
    echo "The build failed." >&2
    echo "0 passed, $((1 + lint)) failed, 0 skipped"
    exit 1
  }
done

passed=0 failed=$lint skipped=0
shopt -s nullglob
# Tells tests that judge by all that the others have done.
[ $# -gt 0 ] || [ ${#traits[@]} -gt 0 ] || export TEST_WHOLE=1
# One project at a time: the tests start real clusters, and two cores are soon full.
for what in "${projects[@]}"; do
  project=${what%%=*}
  only=()
  [ "$project" = "$what" ] || only=(-class "${what#*=}")
  name=$(basename "$project" .csproj)
  echo "== $name"
  file=$results/$name.trx
  ((limit < all - SECONDS)) || limit=$((all > SECONDS ? all - SECONDS : 1))
  timeout --kill-after=30 "$limit" dotnet "$(dirname "$project")/bin/Release/net10.0/GitOpsOperator.$name.dll" \
    -noLogo -noColor -noAutoReporters "${only[@]}" "${traits[@]}" -longRunning "$slow" -result-trx "$file" </dev/null
  status=$?
  bad=0
  if [ -s "$file" ]; then
    counters=$(grep -o '<Counters [^>]*>' "$file" | head -1)
    value() { grep -o " $1=\"[0-9]*\"" <<<"$counters" | grep -o '[0-9]*' | head -1; }
    total=$(value total)
    ok=$(value passed)
    bad=$(($(value failed) + $(value error) + $(value timeout) + $(value aborted)))
    passed=$((passed + ok)) skipped=$((skipped + total - ok - bad))
    # Of some projects, all tests start processes.
    ((total > 0)) || [ ${#traits[@]} -gt 0 ] || status=no-test
  elif ((status == 0)); then
    status=no-result
  fi
  if [[ $status != 0 && $bad == 0 ]]; then
    bad=1
    case $status in
      124 | 137) echo "$name was not done within $limit s and was ended; the tests named above as long running were under way." >&2 ;;
      no-*) echo "$name: $status" >&2 ;;
      *) echo "$name ended with exit code $status, and no test of it says why." >&2 ;;
    esac
  fi
  failed=$((failed + bad))
done

# What the tests measured: worlds explored, writes acknowledged.
grep -hoE '(states explored: |acknowledged [0-9]|golden: )[^<&]*' "$results"/*.trx

# Which tests failed and with which words, once more at the end, where a cut log still has it.
for file in "$results"/*.trx; do
  tr '\n' ' ' <"$file" | sed 's/<UnitTestResult /\n&/g' | grep -E '^<UnitTestResult [^>]*outcome="Failed"' \
    | sed -E 's/.*testName="([^"]*)".*<Message>(.*)<\/Message>.*/failed: \1: \2/; s/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&#xA;/ /g; s/&amp;/\&/g' \
    | cut -c 1-1500
done

((lint == 0)) || echo "failed: scripts/lint.sh, at the top"

if ((passed + failed == 0)); then
  echo "No test was run." >&2
  failed=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
