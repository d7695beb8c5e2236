//! The vocoder's residual blocks with half the arithmetic.
//!
//! Kokoro's vocoder spends most of its time in eight residual blocks: AdaIN, Snake and a convolution, six times each.
//! ONNX Runtime convolves them directly, near the peak of a core, so the way on is fewer multiplications:
//! Toom-Cook tiles ([`crate::toom`]) over a layout in which all shifts are whole vectors ([`chunks`]), with the
//! activation on the way in and the next layer's statistics on the way out ([`conv`], [`block`]).
//!
//! Nothing here knows ONNX Runtime: workerd makes its operators of this. The instructions are chosen at run time ([`Isa`]).
//! The crate is one of its own so that it is optimised in dev builds too.

pub mod block;
pub mod convolution;
pub mod crew;
pub mod matmul;
pub mod matrix;
pub mod toom;
pub mod window;

mod activation;
mod chunks;
mod conv;
mod layout;
mod output;
mod product;
mod simd;

use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};

use block::{Block, LAYERS, Run, Workspace};
use convolution::Convolution;
use matmul::MatMul;
use simd::{Portable, Simd};
use window::Gathering;

/// Which instructions the kernels use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isa {
    Avx512,
    Avx2,
    /// Plain code: right, and slower than ONNX Runtime; never chosen by itself.
    Portable,
}

impl Isa {
    /// The best that this CPU has, or `None` when ONNX Runtime's own operators are faster.
    #[must_use]
    pub fn best() -> Option<Self> {
        [Self::Avx512, Self::Avx2]
            .into_iter()
            .find(|isa| Kernels::new(*isa).is_some())
    }

    /// As in `KERNELS_ISA` and in `/health`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Avx512 => "avx512",
            Self::Avx2 => "avx2",
            Self::Portable => "portable",
        }
    }
}

impl std::str::FromStr for Isa {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        [Self::Avx512, Self::Avx2, Self::Portable]
            .into_iter()
            .find(|isa| isa.name() == name)
            .ok_or_else(|| format!("{name:?} is not one of avx512, avx2, portable"))
    }
}

/// Runs `f(0) … f(tasks − 1)`, on whichever threads there are; returns when all are done.
pub type Pool<'a> = &'a dyn Fn(usize, &(dyn Fn(usize) + Sync));

/// Why a node cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KernelError {
    #[error("the node's {0} do not have the size that its shape asks for")]
    Size(&'static str),
    #[error("the node's filters have {0} taps, which no scheme fits")]
    Taps(usize),
    #[error("the node was cancelled")]
    Cancelled,
}

/// The kernels on one machine, with the buffers they work in. Nodes are computed one after the other.
#[derive(Debug)]
pub struct Kernels(Machine);

#[derive(Debug)]
enum Machine {
    #[cfg(target_arch = "x86_64")]
    Avx512(On<simd::x86::Avx512>),
    #[cfg(target_arch = "x86_64")]
    Avx2(On<simd::x86::Avx2>),
    Portable(On<Portable>),
}

/// `$do` with the kernels of whichever machine it is as `$on`.
macro_rules! on_machine {
    ($machine:expr, $on:ident => $do:expr) => {
        match $machine {
            #[cfg(target_arch = "x86_64")]
            Machine::Avx512($on) => $do,
            #[cfg(target_arch = "x86_64")]
            Machine::Avx2($on) => $do,
            Machine::Portable($on) => $do,
        }
    };
}

struct On<S: Simd> {
    simd: S,
    workspace: Mutex<Workspace<S::V>>,
}

/// What goes into a block and comes out.
#[derive(Debug)]
pub struct Io<'a> {
    /// `1 + γ` and `β` of each layer's AdaIN, `[channels]` each.
    pub styles: [[&'a [f32]; 2]; LAYERS],
    /// `[channels][samples]`
    pub input: &'a [f32],
    /// As `input`.
    pub output: &'a mut [f32],
}

impl Kernels {
    /// `None` when this CPU has not these instructions.
    #[must_use]
    pub fn new(isa: Isa) -> Option<Self> {
        Some(Self(match isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => Machine::Avx512(On::new(simd::x86::Avx512::detect()?)),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => Machine::Avx2(On::new(simd::x86::Avx2::detect()?)),
            #[cfg(not(target_arch = "x86_64"))]
            Isa::Avx512 | Isa::Avx2 => return None,
            Isa::Portable => Machine::Portable(On::new(Portable)),
        }))
    }

    /// Gives back the buffers, which are as large as the largest block needed them.
    pub fn release(&self) {
        on_machine!(&self.0, on => on.release());
    }

    /// Computes `block`.
    ///
    /// # Errors
    /// [`KernelError`] when sizes do not fit or `cancel` was set; the output is then undefined.
    pub fn run(
        &self,
        block: Block<'_>,
        io: Io<'_>,
        pool: Pool<'_>,
        cancel: &AtomicBool,
    ) -> Result<(), KernelError> {
        self.run_window(block, io, None, pool, cancel)
    }

    /// Computes `block` of a window of a sound, or of all of it.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn run_window(
        &self,
        block: Block<'_>,
        io: Io<'_>,
        gathering: Option<Gathering<'_>>,
        pool: Pool<'_>,
        cancel: &AtomicBool,
    ) -> Result<(), KernelError> {
        on_machine!(&self.0, on => on.run(block, io, gathering, pool, cancel))
    }

    /// Computes `convolution` of `input`, `[inputs][samples]`, into `output`, `[channels][samples · stride]`.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn convolve(
        &self,
        convolution: Convolution<'_>,
        input: &[f32],
        output: &mut [f32],
        pool: Pool<'_>,
        cancel: &AtomicBool,
    ) -> Result<(), KernelError> {
        let run = convolution::Run {
            convolution,
            input,
            output,
            pool,
            cancel,
        };
        on_machine!(&self.0, on => run.run(on.simd, &mut lock(&on.workspace)))
    }

    /// Multiplies the rows of `input`, `[rows][depth]`, by a matrix into `output`, `[rows][columns]`.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn multiply(
        &self,
        matmul: MatMul<'_>,
        input: &[f32],
        output: &mut [f32],
        pool: Pool<'_>,
        cancel: &AtomicBool,
    ) -> Result<(), KernelError> {
        let run = matmul::Run {
            matmul,
            input,
            output,
            pool,
            cancel,
        };
        on_machine!(&self.0, on => run.run(on.simd, &mut lock(&on.workspace)))
    }
}

impl<S: Simd> On<S> {
    fn new(simd: S) -> Self {
        Self {
            simd,
            workspace: Mutex::default(),
        }
    }

    fn release(&self) {
        *lock(&self.workspace) = Workspace::default();
    }

    fn run(
        &self,
        block: Block<'_>,
        io: Io<'_>,
        gathering: Option<Gathering<'_>>,
        pool: Pool<'_>,
        cancel: &AtomicBool,
    ) -> Result<(), KernelError> {
        let mut workspace = lock(&self.workspace);
        Run {
            block,
            styles: io.styles,
            input: io.input,
            output: io.output,
            workspace: &mut workspace,
            gathering,
            pool,
            cancel,
        }
        .run(self.simd)
    }
}

impl<S: Simd> std::fmt::Debug for On<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("On").finish_non_exhaustive()
    }
}

/// What a panic left behind is as good as new: a buffer is written before it is read.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One task after the other on this thread.
pub fn serially(tasks: usize, f: &(dyn Fn(usize) + Sync)) {
    (0..tasks).for_each(f);
}

#[cfg(test)]
mod tests;
