# shellcheck shell=bash
# demo: the whole way on this machine. Clips are served as cameras; box, broker and centre run as they would in a city.

# shellcheck source=deploy/door/setup.sh
. "$DOOR/setup.sh"
# shellcheck source=deploy/door/processes.sh
. "$DOOR/processes.sh"
# shellcheck source=deploy/door/demo-files.sh
. "$DOOR/demo-files.sh"

DEMO=$STATE/demo
DEMO_MODEL=kerege-nano

demo_help() {
    cat <<'TEXT'
./kerege demo [--video FILE...] [--keep]

  --video FILE...   the clips to serve, one camera each; without it the project's own (deploy/demo/*.mp4)
  --keep            go on with the data of the last demo, instead of beginning anew

A scene is taken from FILE.scene.toml or from the same name with .scene.toml instead of its ending; where
there is none, a line across the middle of the picture and one lane are drawn. Signal phases that the same
name with .truth.json holds are told to the box in time with the clip. The model is fetched from
the folder $KEREGE_MODEL_MIRROR if that is set, else from its source; without a model everything runs and
the screen says that nothing is detected. Everything lies in .kerege/demo/; Ctrl-C ends all of it.
TEXT
}

demo_main() {
    local videos=() keep=no
    demo_arguments "$@"
    demo_clips
    setup
    say "building with optimisation (the first time takes several minutes)"
    build_release
    PATH=$TARGET_DIR/release:/usr/sbin:$PATH

    [ "$keep" = yes ] || rm -rf "$DEMO"
    mkdir -p "$DEMO/logs"
    trap demo_end EXIT
    trap 'exit 130' INT TERM HUP
    demo_prepare
    demo_start
    demo_greeting
    follow_processes
}

# Everything after --video that is no option is a clip.
demo_arguments() {
    local taking=no
    while [ $# -gt 0 ]; do
        case $1 in
            --video) taking=yes ;;
            --keep) keep=yes taking=no ;;
            -*) die "demo does not know '$1'" "./kerege demo --help says what it knows" ;;
            *)
                [ "$taking" = yes ] || die "demo does not know what to do with '$1'" "for a clip: ./kerege demo --video '$1'"
                [ -f "$1" ] || die "there is no clip '$1'" "give the path of a video file"
                videos+=("$(realpath "$1")")
                ;;
        esac
        shift
    done
    [ "$taking" = no ] || [ ${#videos[@]} -gt 0 ] || die "--video needs at least one file"
}

# Without --video, the clips that come with the tree.
demo_clips() {
    [ ${#videos[@]} -eq 0 ] || return 0
    local clip
    for clip in "$KEREGE_ROOT"/deploy/demo/*.mp4; do [ ! -f "$clip" ] || videos+=("$clip"); done
    [ ${#videos[@]} -gt 0 ] || die "the demo needs a clip of a street, and none comes with the tree yet" \
        "give one or more: ./kerege demo --video street.mp4" \
        "any file that GStreamer reads will do; a fixed camera that looks along or down on the road is best"
}

demo_start() {
    start_process broker mosquitto -c "$DEMO/broker/mosquitto.conf"
    wait_until "the broker listens" 15 broker port_taken "$BROKER_PORT"
    start_process centre kerege-control run --config "$DEMO/control.toml"
    wait_until "the centre is ready" 60 centre answers "http://127.0.0.1:$HTTP_PORT/readyz"
    [ ${#DEMO_PHASES[@]} -eq 0 ] || DEMO_PHASES+=(--phases-port "$SIGNAL_PORT" --phases-site "$DEMO_SITE")
    start_process cameras kerege-edge simulate --port "$RTSP_PORT" "${DEMO_PHASES[@]}" "${videos[@]}"
    wait_until "the cameras listen" 15 cameras port_taken "$RTSP_PORT"
    start_process box kerege-edge run --config "$DEMO/edge.toml"
    wait_until "the box is ready" 60 box answers "http://127.0.0.1:$BOX_PORT/readyz"
}

# In the order of the data's way, so that what the box still has to say finds its listeners.
demo_end() {
    local status=$?
    trap '' INT TERM HUP
    [ ${#PROCESS_NAMES[@]} -eq 0 ] || say "ending"
    end_process box
    end_process cameras
    end_process centre
    end_process broker
    exit "$status"
}

demo_greeting() {
    local role
    printf '\n  Dashboard   http://127.0.0.1:%s\n\n  Name        Password\n' "$HTTP_PORT"
    for role in "${DEMO_ROLES[@]}"; do printf '  %-11s %s\n' "$role" "$(cat "$DEMO/passwords/$role")"; done
    printf '\n  Cameras\n'
    printf '  %s\n' "${DEMO_CAMERAS[@]}"
    printf '\n  Model       %s\n  Data, logs  .kerege/demo\n\n' "$DEMO_MODEL_STATE"
    say "running; Ctrl-C ends everything"
}
