# shellcheck shell=bash
# Starting, waiting for, following and ending the processes of the demo. Each runs in a session of its own, so
# that Ctrl-C reaches only this script, which then ends them in order.

PROCESS_NAMES=()
declare -A PROCESS_IDS=()

# start_process NAME COMMAND...
start_process() {
    local name=$1
    shift
    NO_COLOR=1 setsid "$@" >>"$DEMO/logs/$name.log" 2>&1 </dev/null &
    PROCESS_IDS[$name]=$!
    PROCESS_NAMES+=("$name")
}

runs() { [ -n "${PROCESS_IDS[$1]:-}" ] && kill -0 "${PROCESS_IDS[$1]}" 2>/dev/null; }

# wait_until WHAT SECONDS PROCESS COMMAND...: waits for the condition while the process lives.
wait_until() {
    local what=$1 deadline=$((SECONDS + $2)) name=$3
    shift 3
    until "$@"; do
        runs "$name" || fail_with_log "$name" "the $name ended while starting"
        [ "$SECONDS" -lt "$deadline" ] || fail_with_log "$name" "waited in vain until $what"
        sleep 0.2
    done
}

fail_with_log() {
    warn "$2; its last words:"
    tail -n 15 "$DEMO/logs/$1.log" | sed 's/^/        /' >&2
    die "the whole of it is in .kerege/demo/logs/$1.log"
}

# follow_processes: returns only by ending the script, when one of them has ended.
follow_processes() {
    local name
    while :; do
        for name in "${PROCESS_NAMES[@]}"; do
            runs "$name" || fail_with_log "$name" "the $name has ended by itself"
        done
        sleep 1 &
        wait $! || true
    done
}

# end_process NAME: asks it to end, and after ten seconds does not ask.
end_process() {
    local name=$1 deadline=$((SECONDS + 10))
    runs "$name" || return 0
    kill -TERM "${PROCESS_IDS[$name]}" 2>/dev/null || true
    while runs "$name" && [ "$SECONDS" -lt "$deadline" ]; do sleep 0.1; done
    if runs "$name"; then
        warn "the $name did not end in 10 s and is killed"
        kill -KILL -- "-${PROCESS_IDS[$name]}" 2>/dev/null || true
    fi
    wait "${PROCESS_IDS[$name]}" 2>/dev/null || true
}

answers() { curl --silent --fail --max-time 2 --output /dev/null "$1"; }

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port FROM: the first port from there on that nobody listens on.
free_port() {
    local port=$1
    while port_taken "$port"; do port=$((port + 1)); done
    printf '%s\n' "$port"
}
