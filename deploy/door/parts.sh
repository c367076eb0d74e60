# shellcheck shell=bash
# Running a row of parts to the end, whatever fails, and saying at the end what failed.
# A part is one command or a function of `&&`-joined commands: inside `if`, bash's -e does not hold.

FAILED_PARTS=()

# part NAME COMMAND...: runs the command under a heading and remembers a failure.
part() {
    local name=$1 began=$SECONDS
    shift
    printf '\n=== %s\n' "$name"
    if "$@"; then
        printf '=== %s: ok, %s s\n' "$name" "$((SECONDS - began))"
    else
        printf '=== %s: FAILED, %s s\n' "$name" "$((SECONDS - began))"
        FAILED_PARTS+=("$name")
    fi
}

# parts_verdict WHAT: the last lines a person reads.
parts_verdict() {
    printf '\n'
    if [ ${#FAILED_PARTS[@]} -eq 0 ]; then
        say "$1: everything passed"
        return 0
    fi
    local name
    for name in "${FAILED_PARTS[@]}"; do warn "$1: FAILED: $name"; done
    return 1
}
