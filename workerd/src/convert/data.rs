//! The elements of a tensor, wherever they lie: in its message, in the model file, or as 8-bit weights to be scaled.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use super::skeleton::{FLOAT, INT8, Place, Tensor, UINT8};
use super::wire::{self, Field, Value};

/// 8-bit weights and what makes floats of them: `(q − zero point) · scale`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quantised {
    /// The tensor of 8-bit integers.
    pub(super) weights: Tensor,
    /// One for all, or one for each of the layout's groups.
    pub(super) scale: Tensor,
    /// As the scale; none is 0.
    pub(super) zero_point: Option<Tensor>,
    pub(super) layout: Layout,
}

/// Which weights share a scale, and how they lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// `[channels, …]`: those of a channel of the first axis.
    First,
    /// `[…, columns]`: those of a column of the last axis.
    Last,
    /// `[directions, inputs, gates]` of an LSTM, which ONNX's own operator takes as `[directions, gates, inputs]`: those of a
    /// direction, or of a gate of a direction.
    Gates,
}

/// The floats of `tensor`.
///
/// # Errors
/// The file cannot be read, or scales and weights do not fit each other.
pub(super) fn floats(tensor: &Tensor, source: &File) -> io::Result<Vec<f32>> {
    match &tensor.quantised {
        Some(quantised) => quantised.floats(source),
        None => {
            debug_assert_eq!(tensor.data_type, FLOAT);
            let four = |four: &[u8; 4]| f32::from_le_bytes(*four);
            Ok(bytes(tensor, source)?.as_chunks().0.iter().map(four).collect())
        }
    }
}

/// The raw bytes of `tensor`, little-endian.
fn bytes(tensor: &Tensor, source: &File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(Place { offset, length }) = tensor.place {
        let length = usize::try_from(length).map_err(|_| io::ErrorKind::OutOfMemory)?;
        bytes.resize(length, 0);
        source.read_exact_at(&mut bytes, offset)?;
        return Ok(bytes);
    }
    for field in wire::fields(&tensor.message) {
        let Field { number, value, .. } = field.map_err(invalid)?;
        match (number, value) {
            (4 | 9, Value::Bytes(data)) => bytes.extend_from_slice(data),
            (4, Value::Fixed32(data)) => bytes.extend_from_slice(&data),
            // Small integers may stand in int32_data, one a number.
            (5, packed) if matches!(tensor.data_type, INT8 | UINT8) => {
                let mut numbers = Vec::new();
                wire::int64s(packed, &mut numbers).map_err(invalid)?;
                bytes.extend(numbers.iter().map(|n| n.to_le_bytes()[0]));
            }
            _ => {}
        }
    }
    Ok(bytes)
}

impl Quantised {
    /// How many floats it makes, in the order of the layout.
    fn floats(&self, source: &File) -> io::Result<Vec<f32>> {
        let weights = integers(&self.weights, source)?;
        let scales = floats(&self.scale, source)?;
        let zeros = match &self.zero_point {
            Some(zeros) => integers(zeros, source)?,
            None => vec![0],
        };
        let dims: Vec<usize> = self
            .weights
            .dims
            .iter()
            .filter_map(|d| usize::try_from(*d).ok())
            .collect();
        let (Some(first), Some(last)) = (dims.first(), dims.last()) else {
            return Err(invalid("8-bit weights without a shape"));
        };
        if dims.iter().product::<usize>() != weights.len() || weights.is_empty() {
            return Err(invalid("8-bit weights of another number than their shape"));
        }
        let inner = weights.len() / first;
        // Which scale weight `i` has, of `count`.
        let group = |i: usize, count: usize| match self.layout {
            _ if count == 1 => Some(0),
            Layout::First | Layout::Gates if count == *first => Some(i / inner),
            Layout::Last if count == *last => Some(i % last),
            Layout::Gates if count == first * last => Some(i / inner * last + i % last),
            _ => None,
        };
        let mut made = Vec::with_capacity(weights.len());
        for (i, weight) in weights.iter().enumerate() {
            let (Some(scale), Some(zero)) = (group(i, scales.len()), group(i, zeros.len())) else {
                return Err(invalid("scales of another number than the weights' channels"));
            };
            made.push(f32::from(weight - zeros[zero]) * scales[scale]);
        }
        Ok(match self.layout {
            Layout::First | Layout::Last => made,
            Layout::Gates => made
                .chunks_exact(inner)
                .flat_map(|direction| {
                    (0..*last).flat_map(move |gate| direction.iter().skip(gate).step_by(*last))
                })
                .copied()
                .collect(),
        })
    }
}

/// A tensor of 8-bit integers, signed or not, as wider ones.
fn integers(tensor: &Tensor, source: &File) -> io::Result<Vec<i16>> {
    let bytes = bytes(tensor, source)?;
    Ok(match tensor.data_type {
        UINT8 => bytes.iter().map(|b| i16::from(*b)).collect(),
        _ => bytes.iter().map(|b| i16::from(b.cast_signed())).collect(),
    })
}

fn invalid(reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

#[cfg(test)]
mod tests {
    use super::super::wire::Message;
    use super::*;

    fn tensor(data_type: u64, dims: &[i64], bytes: &[u8]) -> Tensor {
        let mut message = Message::default();
        message.bytes(9, bytes);
        Tensor {
            data_type,
            dims: dims.to_vec(),
            message: message.finish(),
            ..Tensor::default()
        }
    }

    fn scales(values: &[f32]) -> Tensor {
        let bytes: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
        tensor(FLOAT, &[values.len() as i64], &bytes)
    }

    fn made(
        layout: Layout,
        dims: &[i64],
        weights: &[u8],
        scale: &[f32],
        zero: Option<Tensor>,
    ) -> io::Result<Vec<f32>> {
        let quantised = Quantised {
            weights: tensor(UINT8, dims, weights),
            scale: scales(scale),
            zero_point: zero,
            layout,
        };
        quantised.floats(&tempfile::tempfile().unwrap())
    }

    #[test]
    fn each_layout_has_its_own_groups() {
        let weights = [0, 1, 2, 3];
        assert_eq!(
            made(Layout::First, &[2, 2], &weights, &[1.0, 10.0], None).unwrap(),
            [0., 1., 20., 30.]
        );
        assert_eq!(
            made(Layout::Last, &[2, 2], &weights, &[1.0, 10.0], None).unwrap(),
            [0., 10., 2., 30.]
        );
        let zero = tensor(UINT8, &[], &[2]);
        assert_eq!(
            made(Layout::Last, &[2, 2], &weights, &[0.5], Some(zero)).unwrap(),
            [-1., -0.5, 0., 0.5]
        );
        let zero = tensor(INT8, &[2], &[255, 1]);
        assert_eq!(
            made(Layout::First, &[2, 2], &weights, &[1.0], Some(zero)).unwrap(),
            [1., 2., 1., 2.]
        );
    }

    #[test]
    fn the_gates_of_an_lstm_are_turned() {
        // Two directions, three inputs, two gates.
        let weights: Vec<u8> = (0..12).collect();
        assert_eq!(
            made(Layout::Gates, &[2, 3, 2], &weights, &[1.0, 10.0], None).unwrap(),
            [0., 2., 4., 1., 3., 5., 60., 80., 100., 70., 90., 110.]
        );
        assert_eq!(
            made(Layout::Gates, &[2, 3, 2], &weights, &[1.0, 2.0, 3.0, 4.0], None).unwrap(),
            [0., 2., 4., 2., 6., 10., 18., 24., 30., 28., 36., 44.]
        );
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        assert!(made(Layout::First, &[2, 2], &[0; 3], &[1.0], None).is_err());
        assert!(made(Layout::First, &[2, 2], &[0; 4], &[1.0; 3], None).is_err());
        assert!(made(Layout::First, &[], &[0; 1], &[1.0], None).is_err());
    }
}
