# shellcheck shell=bash
# bench: whole-process measurements of the box against their floor.

# shellcheck source=deploy/door/setup.sh
. "$DOOR/setup.sh"

bench_help() {
    cat <<'TEXT'
./kerege bench [ARGUMENTS]: builds with optimisation and measures; the arguments go to kerege-bench
(./kerege bench -- --help shows them).
TEXT
}

bench_main() {
    [ "${1:-}" != -- ] || shift
    setup
    build_release
    "$TARGET_DIR/release/kerege-bench" "$@"
}
