//! The kernels as custom operators of ONNX Runtime; the contract of the node is [`crate::fused`].
//!
//! Weights are inputs of the node and external data of the graph, so ONNX Runtime maps them and all workers share
//! them.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use kernels::block::{Block, LAYERS};
use kernels::convolution::Convolution;
use kernels::crew::Crew;
use kernels::matmul::MatMul;
use kernels::window::Sound;
use kernels::{Io, KernelError, Kernels, Pool, lock};
use ort::operator::{
    ComputeContext, Kernel, KernelContext, Operator, OperatorDomain, OperatorInput, OperatorOutput,
};
use ort::value::{TensorElementType, ValueRef};

use crate::fused;

const WEIGHTS: usize = 1 + 2 * LAYERS;
const PARAMETERS: usize = WEIGHTS + 1;
const INPUTS: usize = PARAMETERS + 1;

/// The operators, to be given to a session that loads a fused graph. They compute with `kernels` on the threads of
/// `crew`, fail soon after `cancel` is set, and take their statistics as `sound` says.
///
/// # Errors
/// ONNX Runtime refuses them; only a library of another interface does.
pub(super) fn domain(
    kernels: Arc<Kernels>,
    crew: Arc<Crew>,
    cancel: Arc<AtomicBool>,
    sound: CurrentSound,
) -> ort::Result<OperatorDomain> {
    let shared = Arc::new(Shared {
        kernels,
        crew,
        cancel,
        sound,
    });
    OperatorDomain::new(fused::DOMAIN)?
        .add(ResidualBlock {
            shared: Arc::clone(&shared),
        })?
        .add(Convolve {
            shared: Arc::clone(&shared),
        })?
        .add(Multiply { shared })
}

/// What is computed now: a sound in windows, or the whole where there is none.
pub(super) type CurrentSound = Arc<Mutex<Option<Sound>>>;

struct Shared {
    kernels: Arc<Kernels>,
    crew: Arc<Crew>,
    cancel: Arc<AtomicBool>,
    sound: CurrentSound,
}

impl Shared {
    /// Has the kernels compute one node on the threads of the crew.
    fn compute(
        &self,
        node: impl FnOnce(&Kernels, Pool<'_>, &AtomicBool) -> Result<(), KernelError>,
    ) -> ort::Result<()> {
        node(&self.kernels, &|tasks, f| self.crew.run(tasks, f), &self.cancel)
            .map_err(|error| ort::Error::new(error.to_string()))
    }
}

struct ResidualBlock {
    shared: Arc<Shared>,
}

struct ResidualBlockKernel {
    shared: Arc<Shared>,
    taps: usize,
    dilations: [usize; LAYERS],
    epsilon: f32,
    /// Of the node.
    name: String,
}

impl Operator for ResidualBlock {
    type Kernel<'a> = ResidualBlockKernel;

    fn name(&self) -> &str {
        fused::RESIDUAL_BLOCK
    }

    fn inputs(&self) -> impl IntoIterator<Item = OperatorInput> {
        (0..INPUTS).map(|_| OperatorInput::required(TensorElementType::Float32))
    }

    fn outputs(&self) -> impl IntoIterator<Item = OperatorOutput> {
        [OperatorOutput::required(TensorElementType::Float32)]
    }

    fn create_kernel<'a>(&self, node: &KernelContext<'a>) -> ort::Result<ResidualBlockKernel> {
        let taps = whole(node, fused::TAPS);
        let dilations = node.get::<Vec<i64>>(fused::DILATIONS).and_then(|dilations| {
            let dilations: Vec<usize> = dilations
                .into_iter()
                .map(usize::try_from)
                .collect::<Result<_, _>>()
                .ok()?;
            dilations.try_into().ok()
        });
        match (taps, dilations, node.get::<f32>(fused::EPSILON)) {
            (Some(taps), Some(dilations), Some(epsilon)) => Ok(ResidualBlockKernel {
                shared: Arc::clone(&self.shared),
                taps,
                dilations,
                epsilon,
                name: node.node_name()?,
            }),
            _ => Err(ort::Error::new(
                "a residual block's attributes are missing or out of range",
            )),
        }
    }
}

impl Kernel for ResidualBlockKernel {
    fn compute(&mut self, context: &ComputeContext) -> ort::Result<()> {
        let values = inputs(context, INPUTS)?;
        let (channels, samples, input) = signal(&values[0])?;
        let floats = |i: usize| values[i].try_extract_tensor::<f32>().map(|(_, data)| data);
        let mut styles = [[&[][..]; 2]; LAYERS];
        for (layer, style) in styles.iter_mut().enumerate() {
            *style = [floats(1 + 2 * layer)?, floats(2 + 2 * layer)?];
        }
        let block = Block {
            channels,
            taps: self.taps,
            dilations: self.dilations,
            epsilon: self.epsilon,
            weights: floats(WEIGHTS)?,
            parameters: floats(PARAMETERS)?,
        };
        let Some(mut output) = context.output(0, [1, channels, samples])? else {
            return Ok(());
        };
        let io = Io {
            styles,
            input,
            output: output.try_extract_tensor_mut::<f32>()?.1,
        };
        // Nodes run one after the other, so nobody waits for it.
        let mut sound = lock(&self.shared.sound);
        let gathering = sound.as_mut().and_then(|sound| sound.gathering(&self.name));
        self.shared
            .compute(|kernels, pool, cancel| kernels.run_window(block, io, gathering, pool, cancel))
    }
}

struct Convolve {
    shared: Arc<Shared>,
}

struct ConvolveKernel {
    shared: Arc<Shared>,
    taps: usize,
    stride: usize,
}

impl Operator for Convolve {
    type Kernel<'a> = ConvolveKernel;

    fn name(&self) -> &str {
        fused::CONVOLUTION
    }

    fn inputs(&self) -> impl IntoIterator<Item = OperatorInput> {
        (0..3).map(|_| OperatorInput::required(TensorElementType::Float32))
    }

    fn outputs(&self) -> impl IntoIterator<Item = OperatorOutput> {
        [OperatorOutput::required(TensorElementType::Float32)]
    }

    fn create_kernel<'a>(&self, node: &KernelContext<'a>) -> ort::Result<ConvolveKernel> {
        match (whole(node, fused::TAPS), whole(node, fused::STRIDE)) {
            (Some(taps), Some(stride)) if stride > 0 => Ok(ConvolveKernel {
                shared: Arc::clone(&self.shared),
                taps,
                stride,
            }),
            _ => Err(ort::Error::new(
                "a convolution's attributes are missing or out of range",
            )),
        }
    }
}

impl Kernel for ConvolveKernel {
    fn compute(&mut self, context: &ComputeContext) -> ort::Result<()> {
        let values = inputs(context, 3)?;
        let (channels, samples, input) = signal(&values[0])?;
        let convolution = Convolution {
            inputs: channels,
            taps: self.taps,
            stride: self.stride,
            weights: values[1].try_extract_tensor::<f32>()?.1,
            bias: values[2].try_extract_tensor::<f32>()?.1,
        };
        let shape = [1, convolution.bias.len() / self.stride, samples * self.stride];
        let Some(mut output) = context.output(0, shape)? else {
            return Ok(());
        };
        let output = output.try_extract_tensor_mut::<f32>()?.1;
        self.shared
            .compute(|kernels, pool, cancel| kernels.convolve(convolution, input, output, pool, cancel))
    }
}

struct Multiply {
    shared: Arc<Shared>,
}

struct MultiplyKernel {
    shared: Arc<Shared>,
    columns: usize,
}

impl Operator for Multiply {
    type Kernel<'a> = MultiplyKernel;

    fn name(&self) -> &str {
        fused::MAT_MUL
    }

    fn inputs(&self) -> impl IntoIterator<Item = OperatorInput> {
        (0..2).map(|_| OperatorInput::required(TensorElementType::Float32))
    }

    fn outputs(&self) -> impl IntoIterator<Item = OperatorOutput> {
        [OperatorOutput::required(TensorElementType::Float32)]
    }

    fn create_kernel<'a>(&self, node: &KernelContext<'a>) -> ort::Result<MultiplyKernel> {
        match whole(node, fused::COLUMNS) {
            Some(columns) => Ok(MultiplyKernel {
                shared: Arc::clone(&self.shared),
                columns,
            }),
            None => Err(ort::Error::new(
                "a product's number of columns is missing or out of range",
            )),
        }
    }
}

impl Kernel for MultiplyKernel {
    fn compute(&mut self, context: &ComputeContext) -> ort::Result<()> {
        let values = inputs(context, 2)?;
        let (shape, input) = values[0].try_extract_tensor::<f32>()?;
        let [.., depth] = shape[..] else {
            return Err(ort::Error::new("a product's rows have no depth"));
        };
        let matmul = MatMul {
            depth: size(depth)?,
            columns: self.columns,
            matrix: values[1].try_extract_tensor::<f32>()?.1,
        };
        let mut shape = shape.clone();
        if let Some(last) = shape.last_mut() {
            *last = self.columns as i64;
        }
        let Some(mut output) = context.output(0, shape)? else {
            return Ok(());
        };
        let output = output.try_extract_tensor_mut::<f32>()?.1;
        self.shared
            .compute(|kernels, pool, cancel| kernels.multiply(matmul, input, output, pool, cancel))
    }
}

/// A node's attribute that is a whole number, not negative.
fn whole(node: &KernelContext<'_>, name: &str) -> Option<usize> {
    node.get::<i64>(name).and_then(|n| usize::try_from(n).ok())
}

fn inputs(context: &ComputeContext, count: usize) -> ort::Result<Vec<ValueRef<'_>>> {
    (0..count)
        .map(|i| {
            context
                .input(i)?
                .ok_or_else(|| ort::Error::new("a node of ours lacks an input"))
        })
        .collect()
}

/// Channels, samples and data of `[1, channels, samples]`.
fn signal<'v>(value: &'v ValueRef<'_>) -> ort::Result<(usize, usize, &'v [f32])> {
    let (shape, data) = value.try_extract_tensor::<f32>()?;
    match &shape[..] {
        &[1, channels, samples] => Ok((size(channels)?, size(samples)?, data)),
        _ => Err(ort::Error::new("a signal is not one of channels and samples")),
    }
}

fn size(n: i64) -> ort::Result<usize> {
    usize::try_from(n).map_err(|_| ort::Error::new("a negative size"))
}
