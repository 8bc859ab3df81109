# shellcheck shell=bash
# Runs the test executables and sums up their reports; sourced by ./coverslip test.

# Names and starts of the executables that run, by their process.
declare -A running=() since=()

# run_test_executables ARGUMENT…: one line per executable, what failed and what was skipped, the sum as the last line.
# As many at a time as there are processors, each with one thread: most tests compute on images too small to be shared
# out, and threads that wait for each other while others want their processor cost a multiple of the work. App comes first
# by its name, and takes as long as all the others: most of it is one after the other, since its verbs write to the console.
run_test_executables() {
    local executable name passed=0 failed=0 skipped=0 ran=0 lanes
    local reports=$artifacts/test-reports
    lanes=$(usable_cores)
    rm -rf "$reports"
    mkdir -p "$reports" "$logs"
    trap 'kill "${!running[@]}" 2> /dev/null || true' EXIT
    for executable in "$artifacts"/bin/*.Tests/release/*.Tests; do
        # A project that was removed leaves its executable behind.
        name=$(basename "$executable")
        grep -q "/$name.csproj\"" "$root/Coverslip.slnx" || continue
        # Slurm's tests wait for Slurm most of their time: they run beside the others.
        if [[ $name == *.Cluster.Tests ]]; then lanes=$(( lanes + 1 )); fi
        while (( ${#running[@]} >= lanes )); do report_next; done
        (exec env "${allocator[@]}" "$executable" --no-ansi --no-progress --report-xunit \
            --report-xunit-filename "$name.xml" --results-directory "$reports" "$@" > "$logs/$name.log" 2>&1 < /dev/null) &
        running[$!]=$name since[$!]=$SECONDS ran=$(( ran + 1 ))
    done
    while (( ${#running[@]} > 0 )); do report_next; done
    (( ran > 0 )) || fail "no test executables under $artifacts/bin"
    printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
    (( failed == 0 ))
}

# Waits for one of the running executables and reports it.
report_next() {
    local pid name status=0 started report log
    wait -n -p pid || status=$?
    name=${running[$pid]} started=${since[$pid]}
    report=$reports/$name.xml log=$logs/$name.log
    unset "running[$pid]"
    if [[ $name == *.Cluster.Tests ]]; then lanes=$(( lanes - 1 )); fi
    printf '%s … ' "$name"
    report_executable
}

# Reads the counts of one executable from its report; without one, or with an exit code that says more than "tests
# failed" (2) or "none selected" (8), it crashed, which counts as one failure.
report_executable() {
    local counts p f s e
    counts=$(grep -o '<assembly [^>]*>' "$report" 2> /dev/null | head -n 1 || true)
    p=$(count passed) f=$(count failed) s=$(count skipped) e=$(count errors)
    f=$(( f + e ))
    if [[ -z $counts ]] || [[ $status != 0 && $status != 2 && $status != 8 ]] || [[ $status == 2 && $f == 0 ]]; then
        printf 'crashed with exit code %s after %s s; its log, %s, ends with:\n' \
            "$status" $(( SECONDS - started )) "$log"
        tail -n 25 "$log" | sed 's/^/  | /'
        f=$(( f + 1 ))
    else
        printf '%s passed, %s failed, %s skipped (%s s)\n' "$p" "$f" "$s" $(( SECONDS - started ))
    fi
    # The console log gives each failed or skipped test with its message, indented; reasons are told once.
    sed -n '/^failed /,/^\($\|[a-z]\)/{/^failed /p;/^  /p}' "$log"
    sed -n '/^skipped /{n;s/^  */  skipped: /p}' "$log" | sort | uniq -c |
        sed 's/^ *\([0-9]*\) *skipped: /  \1 skipped: /'
    passed=$(( passed + p )) failed=$(( failed + f )) skipped=$(( skipped + s ))
}

# count ATTRIBUTE: the number in the assembly element, 0 where there is none.
count() {
    local value
    value=$(sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<< "$counts")
    echo "${value:-0}"
}
