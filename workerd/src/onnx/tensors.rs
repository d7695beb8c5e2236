//! The tensors of a Kokoro graph.
//!
//! [`Names`] knows the public exports of Kokoro-82M v1.0 in both dialects of names, and the built-in voice, which has the
//! same interface:
//!
//! | tensor | names | type and shape |
//! |---|---|---|
//! | tokens | `input_ids`, `tokens` | i64 `[1, n + 2]`, 0 at both ends |
//! | style | `style` | f32 `[1, 256]` |
//! | speed | `speed` | f32 or i32 `[1]` |
//! | audio | `waveform`, `audio` | f32, all samples in one row |
//! | durations | `duration`, `durations`, `pred_dur` (optional) | i64, i32 or f32 `[n + 2]`, frames of 600 samples |

use common::protocol::Job;
use ndarray::{Array2, ArrayView1, Axis, arr1, s};
use ort::{
    session::{Session, SessionInputValue, SessionOutputs},
    value::{DynValue, Tensor, TensorElementType},
};

/// The names of a graph's inputs and outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) tokens: String,
    pub(super) style: String,
    pub(super) speed: String,
    pub(super) speed_is_integer: bool,
    pub(super) audio: String,
    pub(super) durations: Option<String>,
}

impl Names {
    /// Finds them in `session`, and outputs also in the session of a second part, or tells which is missing.
    pub(super) fn of(session: &Session, more: Option<&Session>) -> Result<Self, String> {
        let inputs: Vec<(&str, Option<TensorElementType>)> = session
            .inputs()
            .iter()
            .map(|o| (o.name(), o.dtype().tensor_type()))
            .collect();
        let outputs: Vec<(&str, Option<TensorElementType>)> = session
            .outputs()
            .iter()
            .chain(more.iter().flat_map(|session| session.outputs()))
            .map(|o| (o.name(), o.dtype().tensor_type()))
            .collect();
        let find =
            |list: &[(&str, Option<TensorElementType>)], names: &[&str], types: &[TensorElementType]| {
                list.iter()
                    .find(|(name, dtype)| names.contains(name) && dtype.is_some_and(|t| types.contains(&t)))
                    .map(|(name, dtype)| ((*name).to_owned(), *dtype))
            };
        let foreign = |wanted: &str| {
            let names = |list: &[(&str, Option<TensorElementType>)]| {
                list.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
            };
            format!(
                "it is no Kokoro model: no {wanted} among ({}) → ({})",
                names(&inputs),
                names(&outputs)
            )
        };
        use TensorElementType::{Float32, Int32, Int64};
        let (tokens, _) =
            find(&inputs, &["input_ids", "tokens"], &[Int64]).ok_or_else(|| foreign("tokens"))?;
        let (style, _) = find(&inputs, &["style"], &[Float32]).ok_or_else(|| foreign("style"))?;
        let (speed, speed_type) =
            find(&inputs, &["speed"], &[Float32, Int32]).ok_or_else(|| foreign("speed"))?;
        let (audio, _) =
            find(&outputs, &["waveform", "audio"], &[Float32]).ok_or_else(|| foreign("audio"))?;
        let durations = find(
            &outputs,
            &["duration", "durations", "pred_dur"],
            &[Int64, Int32, Float32],
        )
        .map(|(name, _)| name);
        Ok(Self {
            tokens,
            style,
            speed,
            speed_is_integer: speed_type == Some(Int32),
            audio,
            durations,
        })
    }
}

/// `[1, n + 2]`: the tokens with the padding at both ends.
pub(super) fn padded(tokens: &[u8]) -> Array2<i64> {
    let mut row = Array2::zeros((1, tokens.len() + 2));
    row.slice_mut(s![0, 1..=tokens.len()])
        .assign(&ArrayView1::from(tokens).mapv(i64::from));
    row
}

/// `[1, n]`.
pub(super) fn row(values: &[f32]) -> Array2<f32> {
    ArrayView1::from(values).insert_axis(Axis(0)).to_owned()
}

impl Names {
    /// The inputs of a run, by name.
    ///
    /// # Errors
    /// ONNX Runtime has no memory for them.
    pub(super) fn inputs<'n>(&'n self, job: &Job) -> ort::Result<Vec<(&'n str, SessionInputValue<'static>)>> {
        let speed: SessionInputValue<'static> = if self.speed_is_integer {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "such an export knows whole speeds only"
            )]
            let whole = (job.speed.round() as i32).max(1);
            Tensor::from_array(arr1(&[whole]))?.into()
        } else {
            Tensor::from_array(arr1(&[job.speed]))?.into()
        };
        Ok(vec![
            (&self.tokens, Tensor::from_array(padded(&job.tokens))?.into()),
            (&self.style, Tensor::from_array(row(&job.style))?.into()),
            (&self.speed, speed),
        ])
    }
}

/// The durations in a run's output `name`.
pub(super) fn frames(outputs: &SessionOutputs<'_>, name: &str) -> ort::Result<Vec<u16>> {
    fn fit(value: i64) -> u16 {
        u16::try_from(value.max(0)).unwrap_or(u16::MAX)
    }
    let value: &DynValue = &outputs[name];
    let frames = match value.dtype().tensor_type() {
        Some(TensorElementType::Int64) => value.try_extract_array::<i64>()?.mapv(fit),
        Some(TensorElementType::Int32) => value.try_extract_array::<i32>()?.mapv(|n| fit(n.into())),
        #[expect(clippy::cast_possible_truncation, reason = "whole numbers of frames")]
        _ => value.try_extract_array::<f32>()?.mapv(|n| fit(n.round() as i64)),
    };
    Ok(frames.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn tokens_have_padding_at_both_ends() {
        assert_eq!(padded(&[7, 255, 1]), array![[0, 7, 255, 1, 0]]);
        assert_eq!(padded(&[]), array![[0, 0]]);
        assert_eq!(row(&[0.5, -1.0]), array![[0.5, -1.0]]);
    }
}
