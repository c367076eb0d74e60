# shellcheck shell=bash
# bench: whole-process measurements of the box against their floor.

# shellcheck source=deploy/door/setup.sh
. "$DOOR/setup.sh"

bench_help() {
    cat <<'TEXT'
./kerege bench [ARGUMENTS]: builds with optimisation and measures; the arguments go to kerege-bench
(./kerege bench -- --help shows them).

  ./kerege bench             an analysed frame of a clip beside the floor of parser, decoder and model
  ./kerege bench cameras     more and more live 720p cameras: what is analysed of them, cores, memory

./kerege bench accuracy [ARGUMENTS]: tracking, counts and rules against exact truth, into docs/accuracy.md
(tests/accuracy/README.md; installs its Python packages on its first call).
TEXT
}

bench_main() {
    [ "${1:-}" != -- ] || shift
    if [ "${1:-}" = accuracy ]; then
        shift
        bench_accuracy "$@"
        return
    fi
    setup
    build_release
    "$TARGET_DIR/release/kerege-bench" "$@"
}

# The measures, the peers and the simulator are Python's; what is measured is the box's own program.
bench_accuracy() {
    setup
    cargo build --release --workspace --bin kerege-edge --locked --quiet
    tests/accuracy/run --edge "$TARGET_DIR/release/kerege-edge" "$@"
}
