# shellcheck shell=bash
# test: every test there is, and at the end how many were skipped and why.

# shellcheck source=deploy/door/setup.sh
. "$DOOR/setup.sh"
# shellcheck source=deploy/door/parts.sh
. "$DOOR/parts.sh"

test_help() {
    cat <<'TEXT'
./kerege test: dashboard tests, then every Rust test, end-to-end, kill and browser tests among them.

End-to-end tests draw their own clips and make their own model, and never skip. Tests on real clips need
../shared and say so where it is absent. Property tests draw the same cases each time, so that what is red is red
because of the change; PROPTEST_RNG_SEED=N and PROPTEST_CASES=N draw others and more. The whole output lies in
.kerege/test.log.
TEXT
}

test_main() {
    [ $# -eq 0 ] || die "test takes no arguments, but was given '$*'"
    setup
    : >"$STATE/test.log"
    export PROPTEST_RNG_SEED=${PROPTEST_RNG_SEED:-1}
    part "dashboard" test_dashboard
    part "binaries" cargo build --workspace --bins --all-features --locked
    part "training program" test_training
    part "cargo test" test_rust
    skipped_tests
    parts_verdict test
}

test_dashboard() {
    npm --prefix dashboard run --silent build && npm --prefix dashboard test 2>&1 | tee -a "$STATE/test.log"
}

# What of it needs no package; ./kerege train --test runs the rest.
test_training() {
    python3 -m unittest discover --start-directory models/training/tests --top-level-directory models/training 2>&1 |
        tee -a "$STATE/test.log"
}

# One feature set for everything that is built here and in check, so that nothing is compiled twice.
test_rust() {
    cargo test --workspace --all-features --locked --no-fail-fast -- --show-output 2>&1 |
        tee -a "$STATE/test.log" | awk -f "$DOOR/quiet-successes.awk"
}

# A skipped test says so with a line `SKIPPED: why`, or is marked ignored with a reason.
skipped_tests() {
    local skipped
    skipped=$(grep -aohE 'SKIPPED: .*|^test .* \.\.\. ignored.*' "$STATE/test.log" || true)
    printf '\n'
    if [ -z "$skipped" ]; then
        say "0 tests skipped"
    else
        say "$(printf '%s\n' "$skipped" | wc -l) tests skipped"
        printf '%s\n' "$skipped" | sort | uniq -c | sed 's/^/        /'
    fi
}
