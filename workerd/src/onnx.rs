//! The engine on ONNX Runtime.

mod choice;
mod operator;
mod pair;
mod samples;
mod session;
mod tensors;
mod vocoder;
mod windows;

use std::{
    collections::HashMap,
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use common::{
    SAMPLES_PER_FRAME, STYLE_DIM,
    exit::WorkerExit,
    limits::SPEEDS,
    protocol::{Fault, Job, State},
};
use kernels::{Isa, Kernels, crew::Crew};
use ort::session::{NoSelectedOutputs, RunOptions};

pub use self::choice::Setting;
use self::operator::CurrentSound;
use self::pair::Pair;
use self::session::open;
pub use self::session::{Inspection, Model, Runtime};
use self::tensors::{Names, frames};
use self::vocoder::{Making, Prosody, Vocoder};
use crate::engine::{Engine, Speech, Stopper, Turn};

/// How to compute.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Threads that compute any job; one may come with more.
    pub threads: usize,
    /// Whether to use our own kernels.
    pub kernels: Setting,
    /// The instructions to use for them, instead of the best.
    pub isa: Option<Isa>,
    /// Whether silence at the ends is computed too, for comparisons with ONNX Runtime's samples.
    pub exact: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            threads: 1,
            kernels: Setting::Auto,
            isa: None,
            exact: false,
        }
    }
}

/// Why there is no engine, in words for the operator, and with the exit code to die with.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("cannot load ONNX Runtime from {path}: {reason}")]
    Runtime { path: String, reason: String },
    #[error("cannot open the model {path}: {reason}")]
    Missing { path: String, reason: std::io::Error },
    #[error("the model {path} cannot be used: {reason}")]
    Unusable { path: String, reason: String },
}

impl LoadError {
    #[must_use]
    pub fn exit(&self) -> WorkerExit {
        match self {
            Self::Runtime { .. } => WorkerExit::NoRuntime,
            Self::Missing { .. } => WorkerExit::NoModel,
            Self::Unusable { .. } => WorkerExit::BadModel,
        }
    }
}

/// A loaded model with the names of its tensors.
pub struct OnnxEngine {
    graphs: Graphs,
    names: Names,
    options: Arc<RunOptions<NoSelectedOutputs>>,
    /// Set while a run is to stop; our operators look at it.
    cancel: Arc<AtomicBool>,
    /// What our operators compute with, when they are used.
    kernels: Option<Arc<Kernels>>,
    /// What our operators compute of a sound.
    sound: CurrentSound,
    /// The sounds that are made in windows and not whole yet, by job.
    aside: HashMap<u64, Making>,
    /// The threads of our operators.
    crew: Arc<Crew>,
    /// Those that every job has.
    threads: usize,
    exact: bool,
    /// Those that a job may have, where there are more.
    widest: Option<usize>,
    /// The instructions of our kernels, when they are used.
    isa: Option<Isa>,
}

/// The files of a model.
enum Graphs {
    Whole(Pair),
    /// In two parts, the second of which can be computed in windows.
    Parted {
        prosody: Pair,
        vocoder: Pair,
    },
}

impl OnnxEngine {
    /// Loads `model` and speaks two tokens to see that it is what it should be. Where there is a graph for our
    /// kernels beside it and this CPU has the instructions, that one is loaded.
    ///
    /// # Errors
    /// The file cannot be read, is damaged, or is no model of this interface.
    pub fn load(runtime: &Runtime, model: Model<'_>, options: Options) -> Result<Self, LoadError> {
        Self::inspect(runtime, model, options, Inspection::default())
    }

    /// [`OnnxEngine::load`] for measurements.
    ///
    /// # Errors
    /// As there.
    pub fn inspect(
        runtime: &Runtime,
        model: Model<'_>,
        options: Options,
        inspection: Inspection<'_>,
    ) -> Result<Self, LoadError> {
        if let Model::File(file) = model {
            match choice::choose(file, options.kernels, options.isa) {
                Ok((fused, isa)) => {
                    match Self::load_graph(runtime, Model::File(&fused), options, Some(isa), inspection) {
                        Ok(engine) => return Ok(engine),
                        Err(error) => {
                            tracing::warn!(%error, "our kernels cannot be used, ONNX Runtime's own operators are");
                        }
                    }
                }
                Err(reason) => tracing::info!(reason, "ONNX Runtime's own operators compute the vocoder"),
            }
        }
        Self::load_graph(runtime, model, options, None, inspection)
    }

    fn load_graph(
        runtime: &Runtime,
        model: Model<'_>,
        Options { threads, exact, .. }: Options,
        isa: Option<Isa>,
        inspection: Inspection<'_>,
    ) -> Result<Self, LoadError> {
        let path = match model {
            Model::Builtin => "builtin".to_owned(),
            Model::File(path) => path.display().to_string(),
        };
        if let Model::File(file) = model {
            std::fs::File::open(file).map_err(|reason| LoadError::Missing {
                path: path.clone(),
                reason,
            })?;
        }
        let unusable = |reason: String| LoadError::Unusable {
            path: path.clone(),
            reason,
        };
        let cancel = Arc::new(AtomicBool::new(false));
        let sound = CurrentSound::default();
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let crew = Arc::new(Crew::new(cores));
        let kernels = isa.and_then(Kernels::new).map(Arc::new);
        let widest = match model {
            Model::File(_) => pair::widest(threads),
            // It is done before another thread has woken up.
            Model::Builtin => None,
        };
        let pair = |model| {
            let session = |own_threads| {
                let operators = kernels
                    .clone()
                    .map(|kernels| operator::domain(kernels, crew.clone(), cancel.clone(), sound.clone()))
                    .transpose();
                let inspection = Inspection {
                    profile: inspection.profile.filter(|_| own_threads == threads),
                    ..inspection
                };
                operators
                    .and_then(|operators| open(runtime, model, own_threads, operators, inspection))
                    .map_err(|error| unusable(error.to_string()))
            };
            Pair::open(threads, widest, &session)
        };
        let parts = match model {
            // A profile is of one graph.
            Model::File(file) if isa.is_some() && inspection.profile.is_none() => choice::parts(file),
            _ => None,
        };
        let graphs = match &parts {
            Some([prosody, vocoder]) => Graphs::Parted {
                prosody: pair(Model::File(prosody))?,
                vocoder: pair(Model::File(vocoder))?,
            },
            None => Graphs::Whole(pair(model)?),
        };
        let names = match &graphs {
            Graphs::Whole(whole) => Names::of(&whole.narrow, None),
            Graphs::Parted { prosody, vocoder } => Names::of(&prosody.narrow, Some(&vocoder.narrow)),
        };
        let options = RunOptions::new().map_err(|error| unusable(error.to_string()))?;
        let mut engine = Self {
            graphs,
            names: names.map_err(&unusable)?,
            options: Arc::new(options),
            cancel,
            kernels,
            sound,
            aside: HashMap::new(),
            crew,
            threads,
            exact,
            widest,
            isa,
        };
        engine.warm_up().map_err(unusable)?;
        Ok(engine)
    }

    /// Ends what [`Inspection::profile`] began; returns the name of the file.
    ///
    /// # Errors
    /// There is no profile, or it cannot be written.
    pub fn end_profile(&mut self) -> Result<String, String> {
        let session = match &mut self.graphs {
            Graphs::Whole(whole) => &mut whole.narrow,
            Graphs::Parted { vocoder, .. } => &mut vocoder.narrow,
        };
        session.end_profiling().map_err(|error| error.to_string())
    }

    /// First runs, so that the first listener does not wait for lazy allocations, and a foreign graph shows itself.
    fn warm_up(&mut self) -> Result<(), String> {
        for job in self.short_jobs() {
            match self.synthesise(&job) {
                Ok(speech) if speech.pcm.is_empty() => return Err("it makes no sound".to_owned()),
                Ok(_) => {}
                Err(Fault::Engine(reason) | Fault::BadJob(reason)) => return Err(reason),
                Err(Fault::Cancelled) => return Err("it was stopped".to_owned()),
            }
        }
        Ok(())
    }

    /// ONNX Runtime frees what its arena does not use at the end of a run that asks for it, so these are short ones.
    fn shrink_arenas(&mut self) -> ort::Result<()> {
        let mut options = RunOptions::new()?;
        options.set("memory.enable_memory_arena_shrinkage", "cpu:0")?;
        for job in self.short_jobs() {
            self.first_turn(&job, &options)?;
        }
        Ok(())
    }

    /// The shortest that shows whether a model works, for each session.
    fn short_jobs(&self) -> Vec<Job> {
        let threads = std::iter::once(1).chain(self.widest);
        let job = |threads| Job {
            id: 0,
            tokens: vec![16, 4],
            style: vec![0.0; STYLE_DIM],
            // A style that is no voice may draw each token out.
            speed: *SPEEDS.end(),
            threads: u8::try_from(threads).unwrap_or(u8::MAX),
            early: false,
            draft: false,
        };
        threads.map(job).collect()
    }

    /// Takes so many threads, or its own; returns whether the wide sessions are for them.
    fn take_hands(&self, threads: u8) -> bool {
        let hands = self.threads.max(threads.into());
        self.crew.set_hands(hands);
        self.widest.is_some_and(|widest| hands >= widest)
    }

    fn first_turn(&mut self, job: &Job, options: &RunOptions<NoSelectedOutputs>) -> ort::Result<Turn> {
        let wide = self.take_hands(job.threads);
        let names = &self.names;
        let inputs = names.inputs(job)?;
        let making = match &mut self.graphs {
            Graphs::Whole(whole) => {
                let outputs = whole.session(wide).run_with_options(inputs, options)?;
                let pcm = outputs[names.audio.as_str()]
                    .try_extract_array::<f32>()?
                    .flatten()
                    .to_vec();
                let frames = names
                    .durations
                    .as_ref()
                    .map(|name| frames(&outputs, name))
                    .transpose()?;
                return Ok(Turn {
                    speech: Speech { pcm, frames },
                    next: None,
                });
            }
            Graphs::Parted { prosody, .. } => {
                let outputs = prosody.session(wide).run_with_options(inputs, options)?;
                Making::of(Prosody::of(&outputs, names)?, &job.style, job.early, self.exact)
            }
        };
        self.window(job.id, making, wide, options)
    }

    /// Computes the next window of a sound, and keeps it for the one after.
    fn window(
        &mut self,
        job: u64,
        mut making: Making,
        wide: bool,
        options: &RunOptions<NoSelectedOutputs>,
    ) -> ort::Result<Turn> {
        let Graphs::Parted { vocoder, .. } = &mut self.graphs else {
            return Err(ort::Error::new("a model in one part makes no windows"));
        };
        let vocoder = Vocoder {
            session: vocoder.session(wide),
            options,
            names: &self.names,
            sound: &self.sound,
        };
        let turn = making.turn(vocoder)?;
        if turn.next.is_some() {
            self.aside.insert(job, making);
        }
        Ok(turn)
    }

    fn fault(&self, error: &ort::Error) -> Fault {
        // ONNX Runtime has no code of its own for a run that was stopped.
        if self.cancel.load(Ordering::Relaxed) || error.message().contains("terminate flag") {
            Fault::Cancelled
        } else {
            Fault::engine(error)
        }
    }
}

/// What is wrong with what a turn made.
fn checked(turn: Turn, job: Option<&Job>) -> Result<Turn, Fault> {
    let Speech { pcm, frames } = &turn.speech;
    if !pcm.iter().all(|sample| sample.is_finite()) {
        return Err(Fault::Engine(
            "the model made samples that are not finite".to_owned(),
        ));
    }
    if let (Some(frames), Some(job)) = (frames, job) {
        let told = frames.iter().map(|&n| usize::from(n)).sum::<usize>() * SAMPLES_PER_FRAME;
        let fits = turn.next.is_some() || told == pcm.len();
        if frames.len() != job.tokens.len() + 2 || !fits {
            return Err(Fault::Engine(format!(
                "the model tells of {} tokens and {told} samples, but {} tokens made {} samples",
                frames.len(),
                job.tokens.len() + 2,
                pcm.len()
            )));
        }
    }
    Ok(turn)
}

impl std::fmt::Debug for OnnxEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OnnxEngine")
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

impl Engine for OnnxEngine {
    fn durations(&self) -> bool {
        self.names.durations.is_some()
    }

    fn kernels(&self) -> &str {
        self.isa.map_or("onnxruntime", Isa::name)
    }

    fn stopper(&self) -> Stopper {
        let options = Arc::clone(&self.options);
        let cancel = Arc::clone(&self.cancel);
        Arc::new(move || {
            cancel.store(true, Ordering::Relaxed);
            if let Err(error) = options.terminate() {
                tracing::warn!(%error, "a running synthesis could not be stopped");
            }
        })
    }

    fn rearm(&mut self) {
        self.cancel.store(false, Ordering::Relaxed);
        if let Err(error) = self.options.unterminate() {
            tracing::warn!(%error, "an earlier stop could not be taken back");
        }
    }

    fn begin(&mut self, job: &Job) -> Result<Turn, Fault> {
        let options = Arc::clone(&self.options);
        let turn = self
            .first_turn(job, &options)
            .map_err(|error| self.fault(&error))?;
        checked(turn, Some(job)).inspect_err(|_| self.forget(job.id))
    }

    fn go_on(&mut self, job: u64, threads: u8) -> Result<Turn, Fault> {
        let making = self
            .aside
            .remove(&job)
            .ok_or_else(|| Fault::BadJob(format!("job {job} was not begun")))?;
        let (options, wide) = (Arc::clone(&self.options), self.take_hands(threads));
        let turn = self
            .window(job, making, wide, &options)
            .map_err(|error| self.fault(&error))?;
        checked(turn, None).inspect_err(|_| self.forget(job))
    }

    fn state(&self, job: u64) -> Option<State> {
        self.aside.get(&job).map(Making::state)
    }

    fn resume(&mut self, job: &Job, state: State) -> Result<Turn, Fault> {
        let making = Making::from_state(state, &job.style, self.exact)
            .map_err(|error| Fault::BadJob(error.message().to_owned()))?;
        self.aside.insert(job.id, making);
        self.go_on(job.id, job.threads)
    }

    fn forget(&mut self, job: u64) {
        self.aside.remove(&job);
    }

    fn rest(&mut self) {
        self.rearm();
        if let Some(kernels) = &self.kernels {
            kernels.release();
        }
        if let Err(error) = self.shrink_arenas() {
            tracing::warn!(%error, "ONNX Runtime keeps the memory of the last segments");
        }
        give_back();
    }
}

/// Hands the free memory of the allocator to the system: what was freed in small pieces stays with the process else.
#[cfg(target_env = "gnu")]
fn give_back() {
    #[expect(unsafe_code, reason = "the C library's own call, which no crate wraps")]
    // SAFETY: it touches free memory only, under the allocator's locks.
    unsafe {
        nix::libc::malloc_trim(0);
    }
}

#[cfg(not(target_env = "gnu"))]
fn give_back() {}
