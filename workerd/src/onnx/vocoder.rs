//! From prosody to sound, in windows.

use std::ops::Range;

use ndarray::{Array3, ArrayView2, Ix3, s};
use ort::session::{NoSelectedOutputs, RunOptions, Session, SessionOutputs};
use ort::value::Tensor;

use super::tensors::{self, Names};
use super::windows::{self, Input};
use crate::engine::{Early, Speech};
use crate::fused::{SIGNAL, SOURCE, SOURCE_PER_STEP, STEPS_PER_FRAME};
use crate::kernels::lock;
use crate::kernels::operator::CurrentWindow;
use common::SAMPLES_PER_FRAME;

const SAMPLES_PER_STEP: usize = SAMPLES_PER_FRAME / STEPS_PER_FRAME;

/// What the prosody of a sentence makes.
pub(super) struct Prosody {
    /// `[1, channels, steps]`
    signal: Array3<f32>,
    /// `[1, channels, SOURCE_PER_STEP · steps + 1]`
    source: Array3<f32>,
    /// Of each token and the padding at both ends.
    frames: Vec<u16>,
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
        let durations = names
            .durations
            .as_deref()
            .ok_or_else(|| ort::Error::new("the prosody has no durations"))?;
        let frames = tensors::frames(outputs, durations)?;
        let steps = frames.iter().map(|&n| usize::from(n)).sum::<usize>() * STEPS_PER_FRAME;
        if signal.dim().2 != steps || source.dim().2 != steps * SOURCE_PER_STEP + 1 {
            return Err(ort::Error::new("the prosody's lengths do not fit its durations"));
        }
        Ok(Self {
            signal,
            source,
            frames,
        })
    }
}

/// A session that makes sound of prosody.
pub(super) struct Vocoder<'a> {
    pub(super) session: &'a mut Session,
    pub(super) options: &'a RunOptions<NoSelectedOutputs>,
    pub(super) names: &'a Names,
    pub(super) window: &'a CurrentWindow,
    pub(super) style: &'a [f32],
}

impl Vocoder<'_> {
    /// Computes a sound; each window but the last is given out `early` if that is wanted.
    ///
    /// # Errors
    /// ONNX Runtime's, or a sound of another length than the durations say.
    pub(super) fn sound(
        mut self,
        prosody: Prosody,
        in_windows: bool,
        early: Early<'_>,
    ) -> ort::Result<Speech> {
        let steps = prosody.signal.dim().2;
        let lead = prosody
            .frames
            .first()
            .map_or(0, |n| usize::from(*n) * STEPS_PER_FRAME);
        let mut pcm = Vec::with_capacity(steps * SAMPLES_PER_STEP);
        let plan = windows::plan(steps, lead, in_windows);
        // Silence that is not computed.
        let silence = plan.first().and_then(|input| input.window.silence.as_ref());
        pcm.resize(silence.map_or(0, |(_, steps)| *steps) * SAMPLES_PER_STEP, 0.0);
        let last = plan.len().saturating_sub(1);
        let mut given = 0;
        for (i, input) in plan.iter().enumerate() {
            pcm.extend(self.window(&prosody, input)?);
            if i < last {
                early(&pcm[given..], &prosody.frames);
                given = pcm.len();
            }
        }
        Ok(Speech {
            pcm,
            frames: Some(prosody.frames),
        })
    }

    /// The samples of one window.
    fn window(&mut self, prosody: &Prosody, input: &Input) -> ort::Result<Vec<f32>> {
        let signal = taken(prosody.signal.slice(s![0, .., ..]), &input.pieces, 1, 0);
        let source = taken(
            prosody.source.slice(s![0, .., ..]),
            &input.pieces,
            SOURCE_PER_STEP,
            1,
        );
        *lock(self.window) = Some(input.window.clone());
        let inputs = ort::inputs![
            SIGNAL => Tensor::from_array(signal)?,
            SOURCE => Tensor::from_array(source)?,
            self.names.style.as_str() => Tensor::from_array(tensors::row(self.style))?,
        ];
        let outputs = self.session.run_with_options(inputs, self.options)?;
        let (_, samples) = outputs[self.names.audio.as_str()].try_extract_tensor::<f32>()?;
        let Range { start, end } = input.window.core;
        samples
            .get(start * SAMPLES_PER_STEP..end * SAMPLES_PER_STEP)
            .map(<[f32]>::to_vec)
            .ok_or_else(|| ort::Error::new("a window of sound is too short"))
    }
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
