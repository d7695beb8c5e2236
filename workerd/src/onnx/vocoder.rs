//! From prosody to sound, in windows.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;

use kernels::lock;
use kernels::window::{Seen, Sound};
use ndarray::{Array3, ArrayView2, Ix3, s};
use ort::session::{NoSelectedOutputs, RunOptions, Session, SessionOutputs};
use ort::value::Tensor;

use super::operator::CurrentSound;
use super::tensors::{self, Names};
use super::windows::{self, Input, Plan};
use crate::engine::{Speech, Turn};
use crate::fused::{ENERGY, SIGNAL, SOURCE, SOURCE_PER_STEP, STEPS_PER_FRAME};
use common::{
    SAMPLES_PER_FRAME,
    protocol::{Plane, State},
};

const SAMPLES_PER_STEP: usize = SAMPLES_PER_FRAME / STEPS_PER_FRAME;

/// What the prosody of a sentence makes.
pub(super) struct Prosody {
    /// `[1, channels, steps]`
    signal: Array3<f32>,
    /// `[1, channels, SOURCE_PER_STEP · steps + 1]`
    source: Array3<f32>,
    /// Of each token and the padding at both ends.
    frames: Vec<u16>,
    /// Where there is speech, in steps.
    speech: Range<usize>,
}

impl Prosody {
    /// # Errors
    /// The tensors have other shapes than a model's of this structure.
    pub(super) fn of(outputs: &SessionOutputs<'_>, names: &Names) -> ort::Result<Self> {
        let array = |name: &str| -> ort::Result<Array3<f32>> {
            let array = outputs[name]
                .try_extract_array::<f32>()?
                .into_dimensionality::<Ix3>();
            array
                .map(|array| array.to_owned())
                .map_err(|error| ort::Error::new(error.to_string()))
        };
        let (signal, source) = (array(SIGNAL)?, array(SOURCE)?);
        let steps = signal.dim().2;
        let durations = names
            .durations
            .as_deref()
            .ok_or_else(|| ort::Error::new("the prosody has no durations"))?;
        let frames = tensors::frames(outputs, durations)?;
        let energy = outputs
            .get(ENERGY)
            .map(|energy| energy.try_extract_tensor::<f32>())
            .transpose()?;
        let speech = energy
            .map(|(_, energy)| energy)
            .filter(|energy| energy.len() == steps)
            .map_or(0..steps, windows::speech);
        Self {
            signal,
            source,
            frames,
            speech,
        }
        .checked()
    }

    /// # Errors
    /// Its lengths do not fit its durations.
    fn checked(self) -> ort::Result<Self> {
        let steps = self.frames.iter().map(|&n| usize::from(n)).sum::<usize>() * STEPS_PER_FRAME;
        let lengths = (self.signal.dim().2, self.source.dim().2);
        if lengths != (steps, steps * SOURCE_PER_STEP + 1) || self.speech.end > steps {
            return Err(ort::Error::new("the prosody's lengths do not fit its durations"));
        }
        Ok(self)
    }
}

/// A sound as far as it is made: its next window can be computed by any session of the graph.
pub(super) struct Making {
    prosody: Prosody,
    style: Vec<f32>,
    /// The windows that are left.
    windows: VecDeque<Input>,
    /// How many are made.
    made: usize,
    /// Samples of silence before the next of them, and after the last.
    silence: usize,
    silence_after: usize,
    seen: HashMap<String, Seen>,
}

/// A session that makes sound of prosody.
pub(super) struct Vocoder<'a> {
    pub(super) session: &'a mut Session,
    pub(super) options: &'a RunOptions<NoSelectedOutputs>,
    pub(super) names: &'a Names,
    pub(super) sound: &'a CurrentSound,
}

impl Making {
    /// In one window, or in several; silence at the ends is computed only if that is wanted `exact`ly.
    pub(super) fn of(prosody: Prosody, style: &[f32], in_windows: bool, exact: bool) -> Self {
        let steps = prosody.signal.dim().2;
        let speech = if exact { 0..steps } else { prosody.speech.clone() };
        let Plan {
            before,
            after,
            windows,
        } = windows::plan(prosody.signal.slice(s![0, .., ..]), speech, in_windows);
        Self {
            windows: windows.into(),
            made: 0,
            silence: before * SAMPLES_PER_STEP,
            silence_after: after * SAMPLES_PER_STEP,
            prosody,
            style: style.to_vec(),
            seen: HashMap::new(),
        }
    }

    /// From where [`Making::state`] was taken, with the same style and exactness.
    ///
    /// # Errors
    /// The state is none of a sound that comes in windows.
    pub(super) fn from_state(state: State, style: &[f32], exact: bool) -> ort::Result<Self> {
        let steps = |at: u32| at as usize;
        let prosody = Prosody {
            signal: array(&state.signal)?,
            source: array(&state.source)?,
            speech: steps(state.speech.0)..steps(state.speech.1),
            frames: state.frames,
        };
        let mut making = Self::of(prosody.checked()?, style, true, exact);
        making.made = state.parts.into();
        if making.made == 0 || making.made >= making.windows.len() {
            return Err(ort::Error::new("the state of a sound that has no next window"));
        }
        making.windows.drain(..making.made);
        making.silence = 0;
        let seen = state.seen.into_iter();
        making.seen = seen.map(|(block, numbers)| (block, Seen::of(&numbers))).collect();
        Ok(making)
    }

    /// What another process needs to make the next window.
    pub(super) fn state(&self) -> State {
        let step = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let Range { start, end } = self.prosody.speech;
        let seen = self.seen.iter();
        State {
            parts: u16::try_from(self.made).unwrap_or(u16::MAX),
            frames: self.prosody.frames.clone(),
            speech: (step(start), step(end)),
            signal: plane(&self.prosody.signal),
            source: plane(&self.prosody.source),
            seen: seen
                .map(|(block, seen)| (block.clone(), seen.numbers()))
                .collect(),
        }
    }

    /// Computes the next window.
    ///
    /// # Errors
    /// ONNX Runtime's, or a sound of another length than the durations say.
    pub(super) fn turn(&mut self, vocoder: Vocoder<'_>) -> ort::Result<Turn> {
        let mut pcm = vec![0.0; std::mem::take(&mut self.silence)];
        if let Some(input) = self.windows.pop_front() {
            pcm.extend(self.window(vocoder, input)?);
            self.made += 1;
        }
        if self.windows.is_empty() {
            pcm.resize(pcm.len() + self.silence_after, 0.0);
        }
        let next = self
            .windows
            .front()
            .map(|input| u16::try_from(input.window.steps.div_ceil(STEPS_PER_FRAME)).unwrap_or(u16::MAX));
        let frames = Some(self.prosody.frames.clone());
        Ok(Turn {
            speech: Speech { pcm, frames },
            next,
        })
    }

    /// The samples of one window.
    fn window(&mut self, vocoder: Vocoder<'_>, input: Input) -> ort::Result<Vec<f32>> {
        let of =
            |signal: &Array3<f32>, rate, more| taken(signal.slice(s![0, .., ..]), &input.pieces, rate, more);
        let inputs = ort::inputs![
            SIGNAL => Tensor::from_array(of(&self.prosody.signal, 1, 0))?,
            SOURCE => Tensor::from_array(of(&self.prosody.source, SOURCE_PER_STEP, 1))?,
            vocoder.names.style.as_str() => Tensor::from_array(tensors::row(&self.style))?,
        ];
        let Range { start, end } = input.window.core.clone();
        *lock(vocoder.sound) = Some(Sound {
            window: input.window,
            seen: std::mem::take(&mut self.seen),
        });
        let outputs = vocoder.session.run_with_options(inputs, vocoder.options);
        self.seen = lock(vocoder.sound)
            .take()
            .map(|sound| sound.seen)
            .unwrap_or_default();
        let outputs = outputs?;
        let (_, samples) = outputs[vocoder.names.audio.as_str()].try_extract_tensor::<f32>()?;
        samples
            .get(start * SAMPLES_PER_STEP..end * SAMPLES_PER_STEP)
            .map(<[f32]>::to_vec)
            .ok_or_else(|| ort::Error::new("a window of sound is too short"))
    }
}

fn plane(array: &Array3<f32>) -> Plane {
    let rows = u32::try_from(array.dim().1).unwrap_or(u32::MAX);
    Plane::new(rows, array.as_standard_layout().as_slice().unwrap_or_default())
}

/// `[1, rows, …]`
///
/// # Errors
/// Floats that are not finite, or do not fill the rows.
fn array(plane: &Plane) -> ort::Result<Array3<f32>> {
    let bad = |error: &dyn std::fmt::Display| ort::Error::new(error.to_string());
    let floats = plane.floats().map_err(|error| bad(&error))?;
    let rows = plane.rows as usize;
    let columns = floats.len() / rows.max(1);
    Array3::from_shape_vec((1, rows, columns), floats).map_err(|error| bad(&error))
}

/// The pieces of `signal`, `[channels, rate · steps + more]`, one after the other, and the `more` samples after the last.
fn taken(signal: ArrayView2<'_, f32>, pieces: &[Range<usize>], rate: usize, more: usize) -> Array3<f32> {
    let steps: usize = pieces.iter().map(ExactSizeIterator::len).sum();
    let mut taken = Array3::zeros((1, signal.dim().0, steps * rate + more));
    let mut at = 0;
    for (i, piece) in pieces.iter().enumerate() {
        let more = if i + 1 == pieces.len() { more } else { 0 };
        let from = piece.start * rate..piece.end * rate + more;
        let to = at..at + from.len();
        at = to.end;
        taken.slice_mut(s![0, .., to]).assign(&signal.slice(s![.., from]));
    }
    taken
}
