# shellcheck shell=bash
# What comes out of the pinned wheels: ONNX Runtime's shared library and typos. pip checks the hashes.

install_wheels() {
    local machine work
    machine=$(uname -m)
    case $machine in
        x86_64 | aarch64) ;;
        *) die "no ONNX Runtime is pinned for $machine" "add its hash to deploy/door/wheels.txt" ;;
    esac
    work=$STATE/wheels
    rm -rf "$work"
    mkdir -p "$work"
    say "fetching ONNX Runtime and typos (deploy/door/wheels.txt)"
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: \
        --implementation cp --python-version 311 --abi cp311 --abi none --abi abi3 \
        --platform "manylinux_2_28_$machine" --platform "manylinux_2_17_$machine" --platform "manylinux2014_$machine" \
        --dest "$work" --requirement "$DOOR/wheels.txt" ||
        die "the pinned wheels could not be fetched (pip's reasons are above)" \
            "check that the package index is reachable, then run ./kerege setup again"
    place_runtime "$work"
    place_program "$work" typos
    rm -rf "$work"
}

# A new library never overwrites one that a running process has mapped: it is moved into its place.
place_runtime() {
    local work=$1 into
    into=$(dirname "$RUNTIME_LIBRARY")
    mkdir -p "$into" "$work/onnxruntime"
    python3 -m zipfile -e "$work"/onnxruntime-*.whl "$work/onnxruntime"
    mv -f "$work"/onnxruntime/onnxruntime/capi/libonnxruntime.so.* "$RUNTIME_LIBRARY"
    mv -f "$work"/onnxruntime/onnxruntime/{LICENSE,ThirdPartyNotices.txt} "$into/"
}

place_program() {
    local work=$1 name=$2
    mkdir -p "$STATE/bin" "$work/$name"
    python3 -m zipfile -e "$work/$name"-*.whl "$work/$name"
    mv -f "$work/$name"/*.data/scripts/"$name" "$STATE/bin/$name"
    chmod 755 "$STATE/bin/$name"
}
