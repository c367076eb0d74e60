# shellcheck shell=bash
# setup: brings a machine that has git, curl, python3, Rust and Node to where everything builds and runs.
# The other commands call `setup` first; each step runs once and again only when its inputs have changed.

# shellcheck source=deploy/door/system.sh
. "$DOOR/system.sh"
# shellcheck source=deploy/door/wheels.sh
. "$DOOR/wheels.sh"

setup_help() {
    cat <<'TEXT'
./kerege setup: install what the other commands need, and build.

  system packages   apt, the list with reasons is deploy/door/packages.apt (needs root or sudo)
  ONNX Runtime      from the wheel pinned in deploy/door/wheels.txt, into .kerege/onnxruntime/
  small tools       typos, into .kerege/bin/
  dashboard         npm ci in dashboard/

Nothing outside .kerege/, target/ and dashboard/ is written, system packages aside.
KEREGE_SYSTEM_PACKAGES=skip leaves the system packages to you.
TEXT
}

setup_main() {
    [ $# -eq 0 ] || die "setup takes no arguments, but was given '$*'"
    setup
    build_dashboard
    cargo build --workspace --bins --all-features --locked
    say "ready: ./kerege demo, ./kerege test"
}

# setup: every step, in a subshell that holds the lock, so that two doors opened at once do not collide.
setup() {
    mkdir -p "$STATE"
    (
        flock 9
        require_basics
        [ "${KEREGE_SYSTEM_PACKAGES:-}" = skip ] ||
            once system - "$DOOR/packages.apt" "$DOOR/system.sh" /etc/os-release -- install_system_packages
        require_toolchain
        once wheels "$RUNTIME_LIBRARY" "$DOOR/wheels.txt" "$DOOR/wheels.sh" -- install_wheels
        once dashboard dashboard/node_modules/.package-lock.json dashboard/package-lock.json -- \
            npm --prefix dashboard ci --no-audit --no-fund
    ) 9>"$STATE/setup.lock"
}

require_basics() {
    local tool missing=()
    for tool in git curl python3 cargo node npm; do have "$tool" || missing+=("$tool"); done
    [ ${#missing[@]} -eq 0 ] || die "missing: ${missing[*]}" \
        "git, curl, python3: apt-get install git curl python3" \
        "cargo: https://rustup.rs" \
        "node and npm, version 20.19 or later: https://nodejs.org"
    node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major * 100 + +minor >= 2019 ? 0 : 1)' ||
        die "Node $(node --version) is too old for the dashboard" "install Node 20.19 or later: https://nodejs.org"
}

# The toolchain file pins the compiler; rustup is asked for it in words, since it may be told not to install by itself.
require_toolchain() {
    if rustc --version >/dev/null 2>&1; then return 0; fi
    have rustup || die "the pinned Rust compiler is missing and there is no rustup to fetch it" "install rustup: https://rustup.rs"
    local channel
    channel=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
    rustup toolchain install "$channel" --profile minimal --component clippy --component rustfmt
}

# The dashboard is embedded into the centre's binary, so it is built before any Rust that embeds it.
build_dashboard() {
    npm --prefix dashboard run --silent build
}

# What runs with optimisation: one build for demo and bench. The gate's own build is another (docs/adr/0009).
build_release() {
    build_dashboard
    cargo build --release --workspace --bins --locked --quiet
}
