# shellcheck shell=bash
# bench: whole-process measurements of the box against their floor.

bench_help() {
    cat <<'TEXT'
./kerege bench [ARGUMENTS]: builds with optimisation and measures; the arguments go to kerege-bench (try --help after --).
TEXT
}

bench_main() {
    [ "${1:-}" != -- ] || shift
    setup
    build_dashboard
    cargo build --release --locked -p kerege-edge -p kerege-benches
    cargo run --release --locked --quiet -p kerege-benches -- "$@"
}
