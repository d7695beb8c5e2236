//! The kernels as custom operators of ONNX Runtime; the contract of the node is [`common::fused`].
//!
//! Weights are inputs of the node and external data of the graph, so ONNX Runtime maps them and all workers share
//! them.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use common::fused;
use ort::operator::{
    ComputeContext, Kernel, KernelContext, Operator, OperatorDomain, OperatorInput, OperatorOutput,
};
use ort::value::{TensorElementType, ValueRef};

use super::block::{Block, LAYERS};
use super::crew::Crew;
use super::{Io, Kernels};

const WEIGHTS: usize = 1 + 2 * LAYERS;
const PARAMETERS: usize = WEIGHTS + 1;
const INPUTS: usize = PARAMETERS + 1;

/// The operators, to be given to a session that loads a fused graph. They compute with `kernels` on the threads of
/// `crew`, and fail soon after `cancel` is set.
///
/// # Errors
/// ONNX Runtime refuses them; only a library of another interface does.
pub fn domain(
    kernels: Arc<Kernels>,
    crew: Arc<Crew>,
    cancel: Arc<AtomicBool>,
) -> ort::Result<OperatorDomain> {
    OperatorDomain::new(fused::DOMAIN)?.add(ResidualBlock {
        shared: Arc::new(Shared {
            kernels,
            crew,
            cancel,
        }),
    })
}

struct Shared {
    kernels: Arc<Kernels>,
    crew: Arc<Crew>,
    cancel: Arc<AtomicBool>,
}

struct ResidualBlock {
    shared: Arc<Shared>,
}

struct ResidualBlockKernel {
    shared: Arc<Shared>,
    taps: usize,
    dilations: [usize; LAYERS],
    epsilon: f32,
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
        let taps = node
            .get::<i64>(fused::TAPS)
            .and_then(|taps| usize::try_from(taps).ok());
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
            }),
            _ => Err(ort::Error::new(
                "a residual block's attributes are missing or out of range",
            )),
        }
    }
}

impl Kernel for ResidualBlockKernel {
    fn compute(&mut self, context: &ComputeContext) -> ort::Result<()> {
        let values = (0..INPUTS)
            .map(|i| {
                context
                    .input(i)?
                    .ok_or_else(|| ort::Error::new("a residual block lacks an input"))
            })
            .collect::<ort::Result<Vec<ValueRef<'_>>>>()?;
        let (shape, input) = values[0].try_extract_tensor::<f32>()?;
        let &[1, channels, samples] = &shape[..] else {
            return Err(ort::Error::new(
                "a residual block's signal is not one of channels and samples",
            ));
        };
        let size = |n: i64| usize::try_from(n).map_err(|_| ort::Error::new("a negative size"));
        let channels = size(channels)?;
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
        let Some(mut output) = context.output(0, [1, channels, size(samples)?])? else {
            return Ok(());
        };
        let io = Io {
            styles,
            input,
            output: output.try_extract_tensor_mut::<f32>()?.1,
        };
        let Shared {
            kernels,
            crew,
            cancel,
        } = &*self.shared;
        kernels
            .run(block, io, &|tasks, f| crew.run(tasks, f), cancel)
            .map_err(|error| ort::Error::new(error.to_string()))
    }
}
