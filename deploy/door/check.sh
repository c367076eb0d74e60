# shellcheck shell=bash
# check: everything that can be said about the tree without running it.

# shellcheck source=deploy/door/setup.sh
. "$DOOR/setup.sh"
# shellcheck source=deploy/door/parts.sh
. "$DOOR/parts.sh"

CARGO_DENY_VERSION=0.20.2
# Outside the tree, since building it takes minutes and every clone needs the same.
CARGO_DENY_ROOT=${XDG_CACHE_HOME:-$HOME/.cache}/kerege/cargo-deny-$CARGO_DENY_VERSION

check_help() {
    cat <<'TEXT'
./kerege check: formatting, lints, documentation, spelling, licences, generated files, tidy rules.

The first run on a machine builds cargo-deny into the user's cache (a few minutes). Its advisory database is not part of
the gate, since not every build machine can reach it: `cargo-deny check advisories` asks it.
TEXT
}

check_main() {
    [ $# -eq 0 ] || die "check takes no arguments, but was given '$*'"
    setup
    part "shell scripts" shellcheck --external-sources kerege .ci/run "$DOOR"/*.sh
    part "formatting" cargo fmt --all --check
    part "spelling" "$STATE/bin/typos"
    part "licences, bans, sources" check_dependencies
    part "dashboard" check_dashboard
    part "clippy" cargo clippy --workspace --all-targets --all-features --locked --quiet -- -D warnings
    part "documentation" check_documentation
    part "generated files" check_generated
    part "tidy rules" cargo test --workspace --all-features --locked --quiet --test tidy
    parts_verdict check
}

check_dependencies() {
    [ -x "$CARGO_DENY_ROOT/bin/cargo-deny" ] || install_cargo_deny || return 1
    "$CARGO_DENY_ROOT/bin/cargo-deny" --log-level error check --hide-inclusion-graph bans licenses sources &&
        say "advisories: not checked (the database is not reachable from every build machine)"
}

# There is no current build of it in any package registry, so it is compiled, lightly, and its scraps thrown away.
install_cargo_deny() {
    say "building cargo-deny $CARGO_DENY_VERSION, once"
    CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_DEV_OPT_LEVEL=1 CARGO_TARGET_DIR=$STATE/cargo-deny-build \
        cargo install cargo-deny --version "$CARGO_DENY_VERSION" --locked --debug --quiet --no-track --force --root "$CARGO_DENY_ROOT" &&
        rm -rf "$STATE/cargo-deny-build"
}

check_documentation() {
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --all-features --no-deps --locked --quiet
}

# Its tests belong to ./kerege test.
check_dashboard() {
    local script
    for script in check:client check:types check:lint build; do
        npm --prefix dashboard run --silent "$script" || return 1
    done
}

# What is made from something else is committed and must be what would be made now. The contract's schemas
# and goldens are held by its own tests; here stand the two that cross a language.
check_generated() {
    cargo build --workspace --bins --all-features --locked --quiet &&
        same_as_committed dashboard/openapi.json "$TARGET_DIR/debug/kerege-control" openapi
}

# same_as_committed FILE COMMAND...: the command's output must be the file, byte for byte.
same_as_committed() {
    local file=$1
    shift
    "$@" | diff -u "$file" - || {
        warn "$file is stale; make it again: $* > $file"
        return 1
    }
}
