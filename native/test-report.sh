# shellcheck shell=bash
# Runs the test executables and sums up their reports; sourced by ./coverslip test.

# run_test_executables ARGUMENT…: one line per executable, what failed and what was skipped, the sum as the last line.
run_test_executables() {
    local executable name report log status started passed=0 failed=0 skipped=0 ran=0
    local reports=$artifacts/test-reports
    rm -rf "$reports"
    mkdir -p "$reports" "$logs"
    for executable in "$artifacts"/bin/*.Tests/release/*.Tests; do
        # A project that was removed leaves its executable behind.
        name=$(basename "$executable")
        grep -q "/$name.csproj\"" "$root/Coverslip.slnx" || continue
        report=$reports/$name.xml log=$logs/$name.log status=0 started=$SECONDS ran=$(( ran + 1 ))
        printf '%s … ' "$name"
        with_allocator "$executable" --no-ansi --no-progress --report-xunit --report-xunit-filename "$name.xml" \
            --results-directory "$reports" "$@" > "$log" 2>&1 < /dev/null || status=$?
        report_executable
    done
    (( ran > 0 )) || fail "no test executables under $artifacts/bin"
    printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
    (( failed == 0 ))
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
