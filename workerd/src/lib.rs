//! One ONNX CPU session.
