# shellcheck shell=bash
# What the parts of the door share: words to the user, where things lie, and doing a step only once.

STATE=$KEREGE_ROOT/.kerege
RUNTIME_LIBRARY=$STATE/onnxruntime/libonnxruntime.so
# shellcheck disable=SC2034 # read by the parts
TARGET_DIR=${CARGO_TARGET_DIR:-$KEREGE_ROOT/target}

export KEREGE_ONNXRUNTIME=${KEREGE_ONNXRUNTIME:-$RUNTIME_LIBRARY}
if [ -z "${KEREGE_MODEL_MIRROR:-}" ] && [ -d "$KEREGE_ROOT/../shared/models" ]; then
    KEREGE_MODEL_MIRROR=$(cd "$KEREGE_ROOT/../shared/models" && pwd -P)
    export KEREGE_MODEL_MIRROR
fi

say() { printf 'kerege: %s\n' "$*"; }
warn() { printf 'kerege: %s\n' "$*" >&2; }

# die WHAT [REMEDY...]: one line of what is wrong, then one line for each thing to do about it.
die() {
    warn "$1"
    shift
    local remedy
    for remedy in "$@"; do printf '        %s\n' "$remedy" >&2; done
    exit 1
}

# once STEP ARTEFACT INPUT... -- COMMAND...: run the command unless ARTEFACT is there and was made from
# exactly these input files ("-" where the step leaves nothing to look at).
once() {
    local step=$1 artefact=$2 inputs=() stamp wanted
    shift 2
    while [ "$1" != -- ]; do
        inputs+=("$1")
        shift
    done
    shift
    stamp=$STATE/stamps/$step
    wanted=$(cat -- "${inputs[@]}" | sha256sum | cut -d' ' -f1)
    if [ "$artefact" = - ] || [ -e "$artefact" ]; then
        if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then return 0; fi
    fi
    "$@"
    mkdir -p "$STATE/stamps"
    printf '%s\n' "$wanted" >"$stamp"
}

have() { command -v "$1" >/dev/null 2>&1; }
