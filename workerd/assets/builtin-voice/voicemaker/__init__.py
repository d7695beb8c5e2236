"""Makes the built-in voice: teachers' parameters -> a small network -> one ONNX graph. See ../README.md."""
