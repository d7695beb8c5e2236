#!/usr/bin/env bash
# ONNX Runtime 1.31.1 for Linux, as PyPI has it, collects telemetry: a process that opens one session leaves an identifier of the
# device and a database of events under ~/.cache/Microsoft, also where disable_telemetry_events() was called before. Only
# the environment variable ORT_DISABLE_TELEMETRY=1 leaves the folder empty.
# Exits 1 when that changes. Needs python3 with venv and a package index.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check onnxruntime==1.31.1 onnx==1.23.2

cat >"$dir/open.py" <<'PYTHON'
import sys
import onnxruntime
from onnx import TensorProto, helper

if "api" in sys.argv:
    onnxruntime.disable_telemetry_events()
value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("x", "y")]
graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "one", value[:1], value[1:])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"]).run(None, {"x": [1.0]})
PYTHON

# left NAME [ARGUMENT]: the files that a process leaves in a home of its own.
left() {
    mkdir "$dir/$1"
    env -u XDG_CACHE_HOME HOME="$dir/$1" "$dir/venv/bin/python" "$dir/open.py" "${@:2}" >&2
    (cd "$dir/$1" && find . -type f | sort | tr '\n' ' ')
}

plain=$(left plain)
api=$(left api api)
variable=$(ORT_DISABLE_TELEMETRY=1 left variable)
echo "onnxruntime 1.31.1 leaves at home"
echo "  as it is:                        ${plain:-nothing}"
echo "  after disable_telemetry_events(): ${api:-nothing}"
echo "  with ORT_DISABLE_TELEMETRY=1:    ${variable:-nothing}"
if [[ $plain == *deviceid* && $plain == *onnxruntime.db* && $api == *onnxruntime.db* && -z $variable ]]; then
    echo "as found"
else
    echo "CHANGED"
    exit 1
fi
