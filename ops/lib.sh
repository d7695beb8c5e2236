# shellcheck shell=bash disable=SC2034
# Shared by the scripts of ops/, and by dev/lib.sh. Sourced, never run; the caller has set -euo pipefail.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
CACHE=$ROOT/.cache
# Where cargo puts what it builds for us.
TARGET=${CARGO_TARGET_DIR:-$ROOT/target}

# The C library that workerd opens, out of the wheel of this version. Sums are of the .so inside.
ORT_VERSION=1.31.1
ort_sha256() {
    case $(uname -m) in
        x86_64) echo fc44112fbe06d7d689c57e11d3862031f64711007e4ee020f8eed5185fd2c1d3 ;;
        aarch64) echo 8aa3b76b28c778a2b1dd660d34161adb1d508c9ccd04ff9dc80e26eca5df8467 ;;
        *) die "No ONNX Runtime is pinned for $(uname -m). Set ORT_DYLIB_PATH to a libonnxruntime.so of version $ORT_VERSION." ;;
    esac
}

say() { printf '%s\n' "$*" >&2; }
die() {
    say "$(basename "$0"): $*"
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# Prints the comment block at the top of the calling script, which is its help.
help() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"; }

# need_cargo: a toolchain that can build the workspace, or a sentence that says how to get one.
need_cargo() {
    have cargo || die "cargo was not found. Install Rust from https://rustup.rs and open a new shell; rust-toolchain.toml then picks the version."
    local want got
    want=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$ROOT/Cargo.toml")
    got=$(cd "$ROOT" && cargo --version 2>&1) \
        || die "cargo does not start, so the pinned toolchain could not be installed: $got"
    got=$(sed -n '$s/^cargo \([0-9.]*\).*/\1/p' <<<"$got")
    [ "$(printf '%s\n' "$want" "$got" | sort -V | head -n 1)" = "$want" ] \
        || die "cargo $got is too old, $want is needed. Install Rust from https://rustup.rs (a distribution's package is often older)."
    have cc || die "No C compiler was found; LAME is built from C. On Debian: apt-get install gcc libc6-dev make."
    have make || die "make was not found; LAME is built with it. On Debian: apt-get install make."
}

# Runs cargo in the workspace whatever the caller's folder. HOST and PORT are ours to read and not a build's.
workspace_cargo() { (cd "$ROOT" && env -u HOST -u PORT cargo "$@"); }

# need_crates: every crate of Cargo.lock on this machine, so that a later failure is one of compiling.
need_crates() {
    local target
    target=$(cd "$ROOT" && rustc -vV | sed -n 's/^host: //p')
    workspace_cargo fetch --locked --offline --target "$target" >/dev/null 2>&1 && return
    workspace_cargo fetch --locked --target "$target" \
        || die "The crates of Cargo.lock could not be downloaded (see above). The first build needs the network."
}

# build_programs: frontd and workerd as they are served, and ONNX Runtime. Says before the first time what it fetches and how
# long it takes, and shows cargo's progress; silent when there is nothing to do.
build_programs() {
    local quiet=(--quiet)
    if [ ! -x "$TARGET/release/frontd" ] || [ ! -x "$TARGET/release/workerd" ]; then
        say "The first build: fetches some 380 crates (45 MB) and ONNX Runtime (22 MB) where they are not here yet, and compiles"
        say "for 5 to 10 minutes on two cores. Later starts take seconds."
        quiet=()
    fi
    need_crates
    need_ort
    workspace_cargo build --release --locked "${quiet[@]}" --package frontd --package workerd || die "the build failed (see above)."
}

# need_ort: exports ORT_DYLIB_PATH. The library is downloaded once, checked each time and put in place by a rename.
need_ort() {
    # See findings/onnxruntime-keeps-telemetry.sh.
    export ORT_DISABLE_TELEMETRY=1
    if [ -n "${ORT_DYLIB_PATH:-}" ]; then
        [ -f "$ORT_DYLIB_PATH" ] || die "ORT_DYLIB_PATH=$ORT_DYLIB_PATH is not a file."
        return
    fi
    local folder=$CACHE/onnxruntime sum
    local library=$folder/libonnxruntime.so
    sum=$(ort_sha256)
    if ! sha256_is "$library" "$sum"; then
        mkdir -p "$folder"
        download_ort "$folder" "$library" "$sum"
    fi
    export ORT_DYLIB_PATH=$library
}

sha256_is() { [ -f "$1" ] && echo "$2  $1" | sha256sum --check --status; }

download_ort() (
    folder=$1 library=$2 sum=$3
    have python3 || die "python3 was not found; it fetches ONNX Runtime. On Debian: apt-get install python3 python3-pip. Or set ORT_DYLIB_PATH to a libonnxruntime.so of version $ORT_VERSION."
    python3 -m pip --version >/dev/null 2>&1 || die "python3 has no pip; it fetches ONNX Runtime. On Debian: apt-get install python3-pip."
    # An interrupted run leaves at most a folder that the next run removes.
    find "$folder" -maxdepth 1 -name 'part.*' -mmin +60 -exec rm -rf {} +
    part=$(mktemp -d "$folder/part.XXXXXX")
    trap 'rm -rf "$part"' EXIT
    say "Downloading ONNX Runtime $ORT_VERSION (22 MB) ..."
    # A named interpreter, so that the one installed here does not decide which wheel comes.
    python3 -m pip download --quiet --no-deps --only-binary=:all: --implementation cp --python-version 3.12 \
        --platform "manylinux_2_28_$(uname -m)" --dest "$part" "onnxruntime==$ORT_VERSION" \
        || die "ONNX Runtime could not be downloaded from PyPI (see above). Check the network, or set ORT_DYLIB_PATH to a libonnxruntime.so of version $ORT_VERSION."
    python3 - "$part" "$ORT_VERSION" <<'PYTHON'
import pathlib, sys, zipfile
part, version = pathlib.Path(sys.argv[1]), sys.argv[2]
with zipfile.ZipFile(next(part.glob("*.whl"))) as wheel:
    (part / "libonnxruntime.so").write_bytes(wheel.read(f"onnxruntime/capi/libonnxruntime.so.{version}"))
PYTHON
    sha256_is "$part/libonnxruntime.so" "$sum" \
        || die "The downloaded libonnxruntime.so is not the pinned one (sha256 differs); nothing was installed."
    mv -f "$part/libonnxruntime.so" "$library"
)

# need_debian PACKAGE...: installs what is missing where that is possible. Status 1, with a sentence, where it is not.
need_debian() {
    local package missing=()
    for package in "$@"; do
        # A virtual or renamed package counts too: only dpkg knows, and only Debian has it.
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    if [ "$(id -u)" != 0 ] || ! have apt-get; then
        say "Not installed: ${missing[*]} (install with: apt-get install ${missing[*]})."
        return 1
    fi
    say "Installing ${missing[*]} ..."
    apt_install "${missing[@]}" || { apt-get update -q >/dev/null 2>&1 && apt_install "${missing[@]}"; } \
        || { say "apt-get could not install ${missing[*]}."; return 1; }
}

apt_install() { DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >/dev/null 2>&1; }

# ── the running server, in compose or as a bare process ──────────────────────────────────────────────────────────────

COMPOSE_FILE_PATH=$ROOT/docker/cpu/docker-compose.yml
# The service's name in the compose file.
SERVICE=tts

# compose ARGUMENT...: whichever compose there is, on our file. Status 127 where there is none.
compose() {
    if docker compose version >/dev/null 2>&1; then
        docker compose -f "$COMPOSE_FILE_PATH" "$@"
    elif have docker-compose; then
        docker-compose -f "$COMPOSE_FILE_PATH" "$@"
    else
        return 127
    fi
}

# in_compose: whether the service runs in compose. DEPLOYMENT=compose or bare decides where both do.
in_compose() {
    case ${DEPLOYMENT:-} in
        compose) return 0 ;;
        bare) return 1 ;;
    esac
    have docker && [ -n "$(compose ps -q "$SERVICE" 2>/dev/null)" ]
}

# bare_frontd: the path of the program outside of a container.
bare_frontd() {
    local path
    for path in "${FRONTD:-}" "$TARGET/release/frontd" /usr/local/bin/frontd; do
        if [ -n "$path" ] && [ -x "$path" ]; then
            echo "$path"
            return
        fi
    done
    die "No server runs in compose, and there is no frontd (ops/run builds it, or set FRONTD to its path)."
}

# unit: the instance of the systemd service that serves, as ops/install-service names them. Status 1: none.
unit() {
    local instance
    have systemctl || return 1
    for instance in blue green; do
        if systemctl is-active --quiet "dexterous-tts@$instance" 2>/dev/null; then
            echo "$instance"
            return
        fi
    done
    return 1
}

# own_folders: models and finished files of a clone lie in the clone, whatever folder a command is given from.
own_folders() { export MODEL_DIR=${MODEL_DIR:-$ROOT/data/models} OUTPUT_DIR=${OUTPUT_DIR:-$ROOT/data/output}; }

# The state folder of the systemd service.
STATE=/var/lib/dexterous-tts
service_installed() { have systemctl && [ -e /etc/systemd/system/dexterous-tts.socket ]; }

# server_folders: those of the server without a container: the systemd service's where one is installed, else the clone's.
server_folders() {
    if service_installed; then export MODEL_DIR=${MODEL_DIR:-$STATE/models} OUTPUT_DIR=${OUTPUT_DIR:-$STATE/output}; fi
    own_folders
}

# frontd ARGUMENT...: runs frontd where the server runs.
frontd() {
    if in_compose; then
        compose exec -T "$SERVICE" frontd "$@"
    else
        local program instance
        program=$(bare_frontd)
        if [ -z "${CONTROL_SOCKET:-}" ] && instance=$(unit); then export CONTROL_SOCKET=/run/dexterous-tts-$instance/control.sock; fi
        "$program" "$@"
    fi
}
