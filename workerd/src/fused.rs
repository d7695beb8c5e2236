//! The custom nodes that the conversion puts into a graph and the kernels compute.

/// The domain of the nodes and its version in a model's `opset_import`.
pub const DOMAIN: &str = "dexterous";
pub const DOMAIN_VERSION: u32 = 1;

/// The residual block of Kokoro's vocoder.
///
/// Inputs, all f32:
///
/// | place | what | shape |
/// |---|---|---|
/// | 0 | the signal | `[1, channels, samples]` |
/// | 1 + 2·layer, 2 + 2·layer | gain (1 + γ) and shift β of the layer's AdaIN | `[1, channels, 1]` |
/// | 13 | transformed weights of the six convolutions, one after the other ([`kernels::toom::pack`]) | `[n]` |
/// | 14 | of each layer: convolution's bias, Snake's α, weight and bias of the normalisation | `[6 · 4 · channels]` |
///
/// Attributes: `taps` (int), `dilations` (six ints), `epsilon` (float). Output: as input 0.
pub const RESIDUAL_BLOCK: &str = "ResidualBlock";

/// A convolution that keeps the length, or one that multiplies it: a transposed one, each phase of whose output is a
/// convolution of its own.
///
/// Inputs, all f32:
///
/// | place | what | shape |
/// |---|---|---|
/// | 0 | the signal | `[1, inputs, samples]` |
/// | 1 | weights of `channels · stride` outputs ([`kernels::convolution::pack`]) | `[n]` |
/// | 2 | their bias | `[channels · stride]` |
///
/// Attributes: `taps` and `stride` (int). Output: `[1, channels, samples · stride]`, of which sample `stride · t + phase` of a
/// channel is sample `t` of output `channel · stride + phase`.
pub const CONVOLUTION: &str = "Convolution";

/// The product of a matrix with a constant one. Its sums have the order of ONNX Runtime's, so that its result has the same bits:
/// what the pitch is computed from may not be rounded otherwise.
///
/// Inputs, all f32:
///
/// | place | what | shape |
/// |---|---|---|
/// | 0 | the rows | `[…, depth]` |
/// | 1 | the matrix ([`kernels::matrix::pack`]) | `[depth · columns]` |
///
/// Attribute: `columns` (int). Output: `[…, columns]`.
pub const MAT_MUL: &str = "MatMul";

/// Names of the attributes.
pub const TAPS: &str = "taps";
pub const STRIDE: &str = "stride";
pub const COLUMNS: &str = "columns";
pub const DILATIONS: &str = "dilations";
pub const EPSILON: &str = "epsilon";

/// The graph with custom nodes, beside [`common::conversion::PLAIN_FILE`] in a converted model's folder.
pub const FUSED_FILE: &str = "fused.onnx";

/// The same in two parts, where the model has the structure for it: what is computed for a whole sentence, and what can be
/// computed in windows.
pub const PROSODY_FILE: &str = "prosody.onnx";
pub const VOCODER_FILE: &str = "vocoder.onnx";

/// What goes from the prosody to the vocoder: the decoder's output, f32 `[1, channels, 2 · frames]`, and the spectrum of the sine source,
/// f32 `[1, channels, 120 · frames + 1]`.
pub const SIGNAL: &str = "dexterous/signal";
pub const SOURCE: &str = "dexterous/source";
/// The model's own curve of energy, f32 `[1, 1, 2 · frames]`, where its place in the graph is known.
pub const ENERGY: &str = "dexterous/energy";
/// Steps of the signal for a frame of a model's durations, and of the source for a step of the signal.
pub const STEPS_PER_FRAME: usize = 2;
pub const SOURCE_PER_STEP: usize = 60;
