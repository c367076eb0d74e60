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
TEXT
}

bench_main() {
    [ "${1:-}" != -- ] || shift
    setup
    build_release
    "$TARGET_DIR/release/kerege-bench" "$@"
}
