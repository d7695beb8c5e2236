//! An ONNX file read without its weights: the graph in memory, large tensors as places in the file.
//!
//! The 325 MB model has about 5 MB of graph; only that is held. Fields this product does not know are kept as
//! bytes and written back, so nothing of the file is lost. Field numbers: `onnx/onnx.proto` of the ONNX project.

use std::io::{self, BufRead as _, BufReader, Read, Seek, SeekFrom};

use super::data::Quantised;
use super::wire::{self, Value, WireError};

/// The most that the graph without its large tensors may take in memory, in bytes.
pub(super) const MAX_SKELETON: u64 = 128 << 20;
/// Tensors of fewer bytes stay in the graph, as the ONNX tools do it: shape inference reads them.
pub(super) const MIN_EXTERNAL: u64 = 1024;
/// The most dimensions a tensor may have.
const MAX_RANK: usize = 16;
/// What holding one field costs beside its bytes, so that a file of empty fields is bounded too.
const FIELD_COST: u64 = 64;

/// `TensorProto.DataType` of 32-bit floats, and of integers of 8 bits.
pub(super) const FLOAT: u64 = 1;
pub(super) const UINT8: u64 = 2;
pub(super) const INT8: u64 = 3;

/// `ModelProto`, its graph taken out.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Skeleton {
    /// All fields of the model other than its graph.
    pub(super) model: Vec<u8>,
    /// All fields of the graph other than nodes and initializers.
    pub(super) graph: Vec<u8>,
    /// `NodeProto` messages in graph order.
    pub(super) nodes: Vec<Vec<u8>>,
    /// The graph's initializers, in order.
    pub(super) tensors: Vec<Tensor>,
}

/// A `TensorProto`.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Tensor {
    pub(super) name: String,
    pub(super) dims: Vec<i64>,
    pub(super) data_type: u64,
    /// The message without its data when `place` is set, whole otherwise.
    pub(super) message: Vec<u8>,
    /// Where in the file its little-endian data lies.
    pub(super) place: Option<Place>,
    /// What its floats are made of, when the file holds them in 8 bits. The message has no data then.
    pub(super) quantised: Option<Box<Quantised>>,
}

impl Tensor {
    /// What its data takes when it is written, as far as that is not in the graph.
    pub(super) fn bytes(&self) -> u64 {
        match (&self.quantised, self.place) {
            (Some(quantised), _) => 4 * quantised.weights.place.map_or(0, |place| place.length),
            (None, Some(place)) => place.length,
            (None, None) => 0,
        }
    }
}

/// A range of a file, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) offset: u64,
    pub(super) length: u64,
}

/// Why a file is not a model that can be converted.
#[derive(Debug, thiserror::Error)]
pub enum SkeletonError {
    #[error("it cannot be read")]
    Io(#[from] io::Error),
    #[error("it is damaged or not an ONNX file, at byte {at}")]
    Wire {
        at: u64,
        #[source]
        source: WireError,
    },
    #[error("a node of its graph is damaged")]
    Node {
        #[source]
        source: WireError,
    },
    #[error("it holds no graph, so it is not an ONNX model")]
    NoGraph,
    #[error("it holds more than one graph")]
    TwoGraphs,
    #[error("its graph without weights is over {} MiB", MAX_SKELETON >> 20)]
    TooLarge,
    #[error("tensor {name:?} has {actual} bytes of data where its shape asks for {expected}")]
    TensorSize {
        name: String,
        expected: u64,
        actual: u64,
    },
    #[error("tensor {name:?} has a shape that makes no sense")]
    TensorShape { name: String },
    #[error("its weights are in a file of their own already")]
    AlreadyExternal,
}

/// Reads the model file `source`.
///
/// # Errors
/// [`SkeletonError`] with the place of the fault; memory stays under [`MAX_SKELETON`] whatever the bytes say.
pub(super) fn read(source: impl Read + Seek) -> Result<Skeleton, SkeletonError> {
    let mut scan = Scan::new(source)?;
    let end = scan.end;
    let mut skeleton = Skeleton::default();
    let mut graphs = 0;
    while scan.at < end {
        match scan.key(end)? {
            (7, Shape::Bytes(length)) => {
                graphs += 1;
                let graph_end = scan.at + length;
                read_graph(&mut scan, graph_end, &mut skeleton)?;
            }
            (number, shape) => scan.copy(number, shape, &mut skeleton.model)?,
        }
    }
    match graphs {
        1 if !skeleton.nodes.is_empty() => Ok(skeleton),
        0 | 1 => Err(SkeletonError::NoGraph),
        _ => Err(SkeletonError::TwoGraphs),
    }
}

fn read_graph<R: Read + Seek>(
    scan: &mut Scan<R>,
    end: u64,
    skeleton: &mut Skeleton,
) -> Result<(), SkeletonError> {
    while scan.at < end {
        match scan.key(end)? {
            (1, Shape::Bytes(length)) => {
                let node = scan.bytes(length)?;
                skeleton.nodes.push(node);
            }
            (5, Shape::Bytes(length)) => {
                let tensor_end = scan.at + length;
                let tensor = read_tensor(scan, tensor_end)?;
                skeleton.tensors.push(tensor);
            }
            (number, shape) => scan.copy(number, shape, &mut skeleton.graph)?,
        }
    }
    Ok(())
}

/// Reads a `TensorProto`; `raw_data` (9) and a packed `float_data` (4) of some size stay in the file.
fn read_tensor<R: Read + Seek>(scan: &mut Scan<R>, end: u64) -> Result<Tensor, SkeletonError> {
    let at = scan.at;
    let mut tensor = Tensor::default();
    let mut chunks = 0;
    while scan.at < end {
        match scan.key(end)? {
            (9 | 4, Shape::Bytes(length)) if length >= MIN_EXTERNAL => {
                chunks += 1;
                tensor.place = Some(Place {
                    offset: scan.at,
                    length,
                });
                scan.skip(length)?;
            }
            (number, shape) => scan.copy(number, shape, &mut tensor.message)?,
        }
    }
    let whole = |source| SkeletonError::Wire { at, source };
    for field in wire::fields(&tensor.message) {
        let field = field.map_err(whole)?;
        match (field.number, field.value) {
            (1, value) => wire::int64s(value, &mut tensor.dims).map_err(whole)?,
            (2, Value::Varint(value)) => tensor.data_type = value,
            (8, value) => tensor.name = wire::text(value).map_err(whole)?,
            (14, Value::Varint(1)) => return Err(SkeletonError::AlreadyExternal),
            _ => {}
        }
    }
    if let Some(place) = tensor.place {
        let expected = expected_bytes(&tensor)?;
        if chunks > 1 || expected != place.length {
            return Err(SkeletonError::TensorSize {
                name: tensor.name,
                expected,
                actual: place.length,
            });
        }
    }
    Ok(tensor)
}

/// The bytes that a tensor's shape and element type ask for.
fn expected_bytes(tensor: &Tensor) -> Result<u64, SkeletonError> {
    let width = match tensor.data_type {
        1 | 6 | 12 => 4,
        2 | 3 | 9 => 1,
        4 | 5 | 10 | 16 => 2,
        7 | 11 | 13 | 14 => 8,
        15 => 16,
        _ => 0,
    };
    let elements = tensor
        .dims
        .iter()
        .try_fold(1u64, |n, &d| n.checked_mul(u64::try_from(d).ok()?));
    match elements.and_then(|n| n.checked_mul(width)) {
        Some(bytes) if width > 0 && tensor.dims.len() <= MAX_RANK => Ok(bytes),
        _ => Err(SkeletonError::TensorShape {
            name: tensor.name.clone(),
        }),
    }
}

/// What follows a key.
#[derive(Debug, Clone, Copy)]
enum Shape {
    Varint(u64),
    Bytes(u64),
    Fixed(usize, u64),
}

/// A reader that knows where it is and how much has been kept.
struct Scan<R> {
    reader: BufReader<R>,
    at: u64,
    end: u64,
    kept: u64,
}

impl<R: Read + Seek> Scan<R> {
    fn new(mut source: R) -> io::Result<Self> {
        let end = source.seek(SeekFrom::End(0))?;
        source.seek(SeekFrom::Start(0))?;
        Ok(Self {
            reader: BufReader::with_capacity(1 << 16, source),
            at: 0,
            end,
            kept: 0,
        })
    }

    /// A field's number and what follows; its length is inside `end`.
    fn key(&mut self, end: u64) -> Result<(u64, Shape), SkeletonError> {
        let at = self.at;
        let fault = |source| SkeletonError::Wire { at, source };
        self.keep(FIELD_COST)?;
        let (number, wire_type) = wire::split_key(self.varint()?);
        let shape = match wire_type {
            0 => Shape::Varint(self.varint()?),
            1 => Shape::Fixed(8, 1),
            2 => Shape::Bytes(self.varint()?),
            5 => Shape::Fixed(4, 5),
            other => return Err(fault(WireError::WireType(other))),
        };
        let length = match shape {
            Shape::Varint(_) => 0,
            Shape::Bytes(length) => length,
            Shape::Fixed(length, _) => length as u64,
        };
        if self.at.checked_add(length).is_none_or(|past| past > end) {
            return Err(fault(WireError::Truncated));
        }
        Ok((number, shape))
    }

    /// Keeps the field just met, as it is written by every protobuf encoder.
    fn copy(&mut self, number: u64, shape: Shape, into: &mut Vec<u8>) -> Result<(), SkeletonError> {
        match shape {
            Shape::Varint(value) => {
                wire::put_varint(into, number << 3);
                wire::put_varint(into, value);
            }
            Shape::Fixed(length, wire_type) => {
                let value = self.bytes(length as u64)?;
                wire::put_varint(into, number << 3 | wire_type);
                into.extend_from_slice(&value);
            }
            Shape::Bytes(length) => {
                let value = self.bytes(length)?;
                wire::put_length(into, number, length);
                into.extend_from_slice(&value);
            }
        }
        Ok(())
    }

    fn bytes(&mut self, length: u64) -> Result<Vec<u8>, SkeletonError> {
        self.keep(length)?;
        let mut bytes = Vec::with_capacity(usize::try_from(length).map_err(|_| SkeletonError::TooLarge)?);
        let read = self.reader.by_ref().take(length).read_to_end(&mut bytes)?;
        self.at += read as u64;
        if read as u64 == length {
            Ok(bytes)
        } else {
            Err(self.truncated())
        }
    }

    fn skip(&mut self, length: u64) -> Result<(), SkeletonError> {
        self.reader
            .seek_relative(i64::try_from(length).map_err(|_| self.truncated())?)?;
        self.at += length;
        Ok(())
    }

    fn varint(&mut self) -> Result<u64, SkeletonError> {
        let mut bytes = [0; 10];
        for i in 0..bytes.len() {
            let Some(&byte) = self.reader.fill_buf()?.first() else {
                return Err(self.truncated());
            };
            self.reader.consume(1);
            self.at += 1;
            bytes[i] = byte;
            if byte & 0x80 == 0 {
                let (value, _) = wire::varint(&bytes[..=i])
                    .map_err(|source| SkeletonError::Wire { at: self.at, source })?;
                return Ok(value);
            }
        }
        Err(SkeletonError::Wire {
            at: self.at,
            source: WireError::LongVarint,
        })
    }

    fn keep(&mut self, length: u64) -> Result<(), SkeletonError> {
        self.kept = self.kept.saturating_add(length);
        if self.kept > MAX_SKELETON {
            Err(SkeletonError::TooLarge)
        } else {
            Ok(())
        }
    }

    fn truncated(&self) -> SkeletonError {
        SkeletonError::Wire {
            at: self.at,
            source: WireError::Truncated,
        }
    }
}

#[cfg(test)]
mod tests;
