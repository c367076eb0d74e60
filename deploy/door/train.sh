# shellcheck shell=bash
# train: the detector from random weights, in a Python environment of its own.

TRAINING=$KEREGE_ROOT/models/training
TRAIN_STATE=$STATE/train

train_help() {
    cat <<'TEXT'
./kerege train [OPTIONS]: prepares the pictures, trains the detector, exports it as ONNX (floating point and INT8)
and evaluates it beside YOLOX-Nano. A run that was cut off goes on when the same command is given again.

The first run installs PyTorch and what else models/training/requirements.txt pins into .kerege/train (5 GB with
its CUDA libraries; nothing else of Kerege needs it). What trained the committed weights stands in their model card,
models/weights/README.md; the data sets in models/training/kerege_train/sources.toml.

  --data DIR        folder with the images/ and videos/ that sources.toml names (default: ../shared)
  --rendered DIR    folder of rendered scenes with their truth (tests/scenes makes them)
  --work DIR        prepared data, checkpoints, results (default: .kerege/train/work)
  --subset N        about N pictures and five minutes of training: a trial of the whole way
  --minutes M       train for M minutes of wall time (or --pictures N: on N augmented pictures)
  --resume FILE     begin with the weights of a checkpoint
  --test            run the program's own tests instead

  models/training/README.md tells the steps and how a city trains on its own streets; all options:
  ./kerege train --options
TEXT
}

train_main() {
    train_environment
    case ${1:-} in
        --test) train_python -m unittest discover --start-directory "$TRAINING/tests" --top-level-directory "$TRAINING" ;;
        --options) train_python -m kerege_train --help ;;
        *) train_run "$@" ;;
    esac
}

train_environment() {
    have python3 || die "python3 is not there" "install it, with its venv module (Debian: python3-venv)"
    mkdir -p "$TRAIN_STATE"
    once train-environment "$TRAIN_STATE/venv/bin/python" "$TRAINING/requirements.txt" -- install_train_environment
}

install_train_environment() {
    say "installing PyTorch and its company into .kerege/train/venv (several minutes)"
    rm -rf "$TRAIN_STATE/venv"
    python3 -m venv "$TRAIN_STATE/venv" || die "the environment could not be made" "Debian: install python3-venv"
    "$TRAIN_STATE/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        --requirement "$TRAINING/requirements.txt" ||
        die "PyTorch could not be installed (pip's reasons are above)" \
            "check that the package index is reachable and 6 GB are free, then run it again"
}

train_run() {
    local data=() work=()
    named --data "$@" || data=(--data "$KEREGE_ROOT/../shared")
    named --work "$@" || work=(--work "$TRAIN_STATE/work")
    train_python -m kerege_train "${data[@]}" "${work[@]}" "$@"
}

# named OPTION ARGUMENT...: whether the option is among the arguments.
named() {
    local option=$1 argument
    shift
    for argument in "$@"; do
        case $argument in "$option" | "$option"=*) return 0 ;; esac
    done
    return 1
}

train_python() { PYTHONPATH=$TRAINING "$TRAIN_STATE/venv/bin/python" "$@"; }
