//! Writes graphs and their weights into a folder.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use common::conversion::{PLAIN_FILE, REPORT_FILE, Report};

use crate::fused::{DOMAIN, DOMAIN_VERSION, FUSED_FILE, PROSODY_FILE, VOCODER_FILE};

use super::SIZES_FILE;
use super::data;
use super::durations;
use super::fuse::{self, Fused, NotFused};
use super::misfit::Misfit;
use super::skeleton::{FLOAT, Place, Skeleton};
use super::split::{self, Parts};
use super::wire::{self, Message, WireError, put_length};

const WEIGHTS: &str = "weights.bin";
const KERNELS: &str = "kernels.bin";
/// Tensors begin on a page, so that each is mapped by itself and aligned for vector loads.
const PAGE: u64 = 4096;

/// Writes every file of a conversion into the empty folder `dir`, and waits until they are on the disk.
pub(super) fn all(skeleton: &Skeleton, source: &File, dir: &Path, mut report: Report) -> io::Result<()> {
    let mut weights = DataFile::create(dir, WEIGHTS)?;
    let mut tensors = Vec::with_capacity(skeleton.tensors.len());
    for tensor in &skeleton.tensors {
        tensors.push(match (&tensor.quantised, tensor.place) {
            (Some(_), _) => {
                let place = weights.append(&data::floats(tensor, source)?)?;
                external(&tensor.message, WEIGHTS, place)
            }
            (None, Some(place)) => external(&tensor.message, WEIGHTS, weights.copy(source, place)?),
            (None, None) => tensor.message.clone(),
        });
    }
    weights.close()?;
    let plain = dir.join(PLAIN_FILE);
    graph(
        &skeleton.model,
        &skeleton.graph,
        &skeleton.nodes,
        &tensors,
        &[],
        &plain,
    )?;

    let mut kernels = DataFile::create(dir, KERNELS)?;
    match fuse::fuse(skeleton, source, &mut kernels) {
        Ok(fused) => {
            kernels.close()?;
            tracing::info!(
                blocks = fused.blocks.len(),
                convolutions = fused.convolutions,
                products = fused.products,
                "residual blocks, convolutions and products of the model are ready for our kernels"
            );
            (report.blocks, report.convolutions, report.products) =
                (fused.blocks.len(), fused.convolutions, fused.products);
            report.misfits = sentences(&fused.misfits);
            write_fused(skeleton, fused, tensors, dir)?;
        }
        Err(NotFused::Io(error)) => return Err(error),
        Err(reason) => {
            std::fs::remove_file(dir.join(KERNELS))?;
            tracing::warn!(%reason, "the model runs on ONNX Runtime's own operators alone");
            if let NotFused::NoBlocks(misfits) = reason {
                report.misfits = sentences(&misfits);
            }
        }
    }
    for misfit in &report.misfits {
        tracing::warn!("nearly a residual block: {misfit}");
    }
    let mut file = File::create_new(dir.join(REPORT_FILE))?;
    file.write_all(report.to_string().as_bytes())?;
    file.sync_all()?;
    let mut sizes = File::create_new(dir.join(SIZES_FILE))?;
    sizes.write_all(super::sizes(dir)?.as_bytes())?;
    sizes.sync_all()?;
    File::open(dir)?.sync_all()
}

/// The first few misfits, as a person reads them.
fn sentences(misfits: &[Misfit]) -> Vec<String> {
    const MOST: usize = 4;
    misfits.iter().take(MOST).map(ToString::to_string).collect()
}

/// Writes the fused graph whole, and in its two parts where it has them.
fn write_fused(skeleton: &Skeleton, fused: Fused, tensors: Vec<Vec<u8>>, dir: &Path) -> io::Result<()> {
    let invalid = |error| io::Error::new(io::ErrorKind::InvalidData, error);
    let kept = skeleton
        .tensors
        .iter()
        .zip(tensors)
        .filter(|(t, _)| !fused.unread.contains(&t.name));
    let mut tensors: Vec<(String, Vec<u8>)> = kept
        .map(|(tensor, message)| (tensor.name.clone(), message))
        .collect();
    for message in fused.tensors {
        tensors.push((tensor_name(&message).map_err(invalid)?, message));
    }
    // OperatorSetIdProto: domain 1, version 2; opset_import is field 8 of the model.
    let mut domain = Message::default();
    domain.bytes(1, DOMAIN.as_bytes()).uint(2, DOMAIN_VERSION.into());
    let mut import = Message::default();
    import.bytes(8, domain.as_bytes());
    let import = import.as_bytes();
    let all: Vec<Vec<u8>> = tensors.iter().map(|(_, message)| message.clone()).collect();
    graph(
        &skeleton.model,
        &skeleton.graph,
        &fused.nodes,
        &all,
        import,
        &dir.join(FUSED_FILE),
    )?;
    let parts = split::split(skeleton, &fused.nodes, &fused.blocks, durations::NAME).map_err(invalid)?;
    let Some(Parts { prosody, vocoder }) = parts else {
        tracing::info!("the model cannot be parted into prosody and vocoder: sentences are computed whole");
        return Ok(());
    };
    for (part, name) in [(prosody, PROSODY_FILE), (vocoder, VOCODER_FILE)] {
        let own = tensors.iter().filter(|(name, _)| part.read.contains(name));
        let own: Vec<Vec<u8>> = own.map(|(_, message)| message.clone()).collect();
        graph(
            &skeleton.model,
            &part.graph,
            &part.nodes,
            &own,
            import,
            &dir.join(name),
        )?;
    }
    Ok(())
}

fn tensor_name(message: &[u8]) -> Result<String, WireError> {
    let mut name = String::new();
    for field in wire::fields(message) {
        let field = field?;
        if field.number == 8 {
            name = wire::text(field.value)?;
        }
    }
    Ok(name)
}

/// Writes a `ModelProto` of the fields of a model and its graph, and `more` of them, around these nodes and initializers.
fn graph(
    model: &[u8],
    head: &[u8],
    nodes: &[Vec<u8>],
    tensors: &[Vec<u8>],
    more: &[u8],
    path: &Path,
) -> io::Result<()> {
    let mut graph = Message::default();
    graph.raw(head);
    for node in nodes {
        graph.bytes(1, node);
    }
    for tensor in tensors {
        graph.bytes(5, tensor);
    }
    let mut head = [model, more].concat();
    put_length(&mut head, 7, graph.as_bytes().len() as u64);
    let mut file = File::create_new(path)?;
    file.write_all(&head)?;
    file.write_all(graph.as_bytes())?;
    file.sync_all()
}

/// A `TensorProto` of these fields whose data is `place` of the file `location` in the same folder.
fn external(tensor: &[u8], location: &str, place: Place) -> Vec<u8> {
    let mut message = Message::default();
    message.raw(tensor);
    let entries = [
        ("location", location.to_owned()),
        ("offset", place.offset.to_string()),
        ("length", place.length.to_string()),
    ];
    for (key, value) in entries {
        let mut entry = Message::default();
        entry.bytes(1, key.as_bytes()).bytes(2, value.as_bytes());
        message.bytes(13, entry.as_bytes());
    }
    message.uint(14, 1);
    message.finish()
}

/// A file of tensors.
#[derive(Debug)]
pub(super) struct DataFile {
    file: File,
    name: &'static str,
    end: u64,
}

/// A tensor of floats on its way to a file.
#[derive(Debug)]
pub(super) struct NewTensor<'a> {
    file: BufWriter<&'a File>,
    end: &'a mut u64,
    location: &'static str,
    name: String,
    count: usize,
    offset: u64,
}

impl DataFile {
    pub(super) fn create(dir: &Path, name: &'static str) -> io::Result<Self> {
        Ok(Self {
            file: File::create_new(dir.join(name))?,
            name,
            end: 0,
        })
    }

    /// Copies `from` of `source` to the next page; the kernel moves the bytes.
    fn copy(&mut self, source: &File, from: Place) -> io::Result<Place> {
        let offset = self.next_page()?;
        let mut source = source;
        source.seek(SeekFrom::Start(from.offset))?;
        let copied = io::copy(&mut source.take(from.length), &mut self.file)?;
        if copied != from.length {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the model file shrank while it was read",
            ));
        }
        self.end = offset + copied;
        Ok(Place {
            offset,
            length: copied,
        })
    }

    /// Appends floats on the next page.
    fn append(&mut self, floats: &[f32]) -> io::Result<Place> {
        let offset = self.next_page()?;
        let mut file = BufWriter::with_capacity(1 << 16, &self.file);
        floats.iter().try_for_each(|x| file.write_all(&x.to_le_bytes()))?;
        file.flush()?;
        drop(file);
        let length = size_of_val(floats) as u64;
        self.end = offset + length;
        Ok(Place { offset, length })
    }

    /// Begins a tensor of `count` floats on the next page.
    pub(super) fn begin(&mut self, name: String, count: usize) -> io::Result<NewTensor<'_>> {
        let offset = self.next_page()?;
        Ok(NewTensor {
            file: BufWriter::with_capacity(1 << 16, &self.file),
            end: &mut self.end,
            location: self.name,
            name,
            count,
            offset,
        })
    }

    fn next_page(&mut self) -> io::Result<u64> {
        self.file.seek(SeekFrom::Start(self.end.next_multiple_of(PAGE)))
    }

    fn close(self) -> io::Result<()> {
        self.file.sync_all()
    }
}

impl NewTensor<'_> {
    pub(super) fn put(&mut self, data: &[f32]) -> io::Result<()> {
        data.iter()
            .try_for_each(|x| self.file.write_all(&x.to_le_bytes()))
    }

    /// Its `TensorProto`.
    pub(super) fn finish(mut self) -> io::Result<Vec<u8>> {
        self.file.flush()?;
        let length = (self.count * size_of::<f32>()) as u64;
        *self.end = self.offset + length;
        let mut message = Message::default();
        message
            .uint(1, self.count as u64)
            .uint(2, FLOAT)
            .bytes(8, self.name.as_bytes());
        let place = Place {
            offset: self.offset,
            length,
        };
        Ok(external(message.as_bytes(), self.location, place))
    }
}
