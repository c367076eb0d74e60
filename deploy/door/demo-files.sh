# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # demo.sh declares and reads what is shared
# What the demo writes before it starts anything: ports, scenes, configurations, accounts, passwords.

DEMO_ROLES=(officer operator planner admin)
DEMO_DEVICE=demo-box
DEMO_SITE=DEMO
DEMO_CAMERAS=()
DEMO_PHASES=()

# Each side pins the other's key, so both must have made theirs before either file is whole.
demo_prepare() {
    local centre_key box_key
    demo_ports
    demo_scenes
    say "making keys, accounts and passwords"
    demo_control_config >"$DEMO/control.toml"
    centre_key=$(kerege-control identity --config "$DEMO/control.toml" | public_key)
    demo_edge_config "$centre_key" >"$DEMO/edge.toml"
    box_key=$(kerege-edge identity --config "$DEMO/edge.toml" | public_key)
    demo_device "$box_key" >>"$DEMO/control.toml"
    kerege-control broker-files --config "$DEMO/control.toml" --out "$DEMO/broker" >>"$DEMO/logs/setup.log"
    demo_users
    demo_model
}

public_key() { grep -o 'ed25519:[A-Za-z0-9_-]*' || die "a program printed no public key" "see .kerege/demo/logs"; }

# Ports near the usual ones, that are free now.
demo_ports() {
    HTTP_PORT=$(free_port 8080)
    BROKER_PORT=$(free_port 1884)
    DEVICE_PORT=$(free_port 1983)
    RTSP_PORT=$(free_port 8554)
    BOX_PORT=$(free_port 8180)
    SIGNAL_PORT=$(free_port 7001)
}

# One scene for each clip: the one beside it, or a drawn one. Where the truth of its signals lies beside it too,
# the box is told the phases.
demo_scenes() {
    local clip number=0 beside
    mkdir -p "$DEMO/scenes"
    for clip in "${videos[@]}"; do
        number=$((number + 1))
        if grep -q '"phases":\[{' "${clip%.*}.truth.json" 2>/dev/null; then
            DEMO_PHASES+=(--phases "${clip%.*}.truth.json")
        fi
        for beside in "$clip.scene.toml" "${clip%.*}.scene.toml"; do
            if [ -f "$beside" ]; then
                kerege-edge scene check "$beside" || die "the scene beside the clip has faults" "mend $beside"
                cp "$beside" "$DEMO/scenes/c$number.toml"
                DEMO_CAMERAS+=("c$number  $(basename "$clip"), scene $(basename "$beside")")
                continue 2
            fi
        done
        cp "$KEREGE_ROOT/deploy/demo/default.scene.toml" "$DEMO/scenes/c$number.toml"
        DEMO_CAMERAS+=("c$number  $(basename "$clip"), a drawn scene: one line across the middle, one lane (no $(basename "${clip%.*}").scene.toml beside it)")
    done
}

demo_control_config() {
    cat <<TOML
# Written by ./kerege demo. deploy/examples/control.toml shows every key.
data_dir = "centre"

[http]
listen = "127.0.0.1:$HTTP_PORT"

[broker]
port = $BROKER_PORT
device_listen = "127.0.0.1:$DEVICE_PORT"
ingest = { user = "ingest", password_file = "broker/passwords/ingest" }
fleet = { user = "fleet", password_file = "broker/passwords/fleet" }

[[site]]
id = "$DEMO_SITE"
name = "Demo"
TOML
}

demo_device() {
    cat <<TOML

[[device]]
id = "$DEMO_DEVICE"
site = "$DEMO_SITE"
public_key = "$1"
TOML
}

demo_edge_config() {
    local number=0 clip name
    cat <<TOML
# Written by ./kerege demo. deploy/examples/edge.toml shows every key.
device = "$DEMO_DEVICE"
site = "$DEMO_SITE"
data_dir = "edge"
status = "127.0.0.1:$BOX_PORT"

[model]
name = "$DEMO_MODEL"

[broker]
host = "127.0.0.1"
port = $DEVICE_PORT
password_file = "broker/passwords/$DEMO_DEVICE"

[centre]
url = "http://127.0.0.1:$HTTP_PORT"
public_key = "$1"
TOML
    if [ ${#DEMO_PHASES[@]} -gt 0 ]; then
        printf '\n[signals]\naddress = "127.0.0.1:%s"\n' "$SIGNAL_PORT"
    fi
    for clip in "${videos[@]}"; do
        number=$((number + 1))
        name=$(basename "${clip%.*}")
        cat <<TOML

[[camera]]
id = "c$number"
name = "${name//[\"\\]/}"
url = "rtsp://127.0.0.1:$RTSP_PORT/cam$number"
scene = "scenes/c$number.toml"
TOML
    done
}

# One person for each role, with a password that exists nowhere but in the demo's folder.
demo_users() {
    local role
    mkdir -p "$DEMO/passwords"
    chmod 700 "$DEMO/passwords"
    for role in "${DEMO_ROLES[@]}"; do
        [ ! -f "$DEMO/passwords/$role" ] || continue
        head -c 12 /dev/urandom | base64 | tr '+/' 'ab' >"$DEMO/passwords/$role"
        kerege-control user add "$role" --role "$role" --config "$DEMO/control.toml" \
            <"$DEMO/passwords/$role" >>"$DEMO/logs/setup.log"
    done
}

# A box without its model runs, captures and says so; the demo does the same.
demo_model() {
    if kerege-edge models fetch "$DEMO_MODEL" >>"$DEMO/logs/model.log" 2>&1; then
        DEMO_MODEL_STATE=$DEMO_MODEL
    else
        DEMO_MODEL_STATE="none: $DEMO_MODEL could not be fetched, so nothing is detected (logs/model.log)"
        tail -n 3 "$DEMO/logs/model.log" | sed 's/^/        /' >&2
    fi
}
