//! Writes a graph and its weights into a folder.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use super::skeleton::{Place, Skeleton, Tensor};
use super::wire::{Message, put_length};
use super::{PLAIN, WEIGHTS};

/// Tensors begin on a page, so that each is mapped by itself and aligned for vector loads.
const PAGE: u64 = 4096;

/// Writes every file of a conversion into the empty folder `dir`, and waits until they are on the disk.
pub(super) fn all(skeleton: &Skeleton, source: &File, dir: &Path) -> io::Result<()> {
    let mut weights = DataFile::create(dir, WEIGHTS)?;
    let mut tensors = Vec::with_capacity(skeleton.tensors.len());
    for tensor in &skeleton.tensors {
        tensors.push(match tensor.place {
            None => tensor.message.clone(),
            Some(place) => external(tensor, WEIGHTS, weights.copy(source, place)?),
        });
    }
    weights.finish()?;
    graph(skeleton, &skeleton.nodes, &tensors, &dir.join(PLAIN))?;
    File::open(dir)?.sync_all()
}

/// Writes a `ModelProto` of the skeleton's fields around these nodes and initializers.
fn graph(skeleton: &Skeleton, nodes: &[Vec<u8>], tensors: &[Vec<u8>], path: &Path) -> io::Result<()> {
    let mut graph = Message::default();
    graph.raw(&skeleton.graph);
    for node in nodes {
        graph.bytes(1, node);
    }
    for tensor in tensors {
        graph.bytes(5, tensor);
    }
    let mut head = skeleton.model.clone();
    put_length(&mut head, 7, graph.as_bytes().len() as u64);
    let mut file = File::create_new(path)?;
    file.write_all(&head)?;
    file.write_all(graph.as_bytes())?;
    file.sync_all()
}

/// A `TensorProto` whose data is `place` of the file `location` in the same folder.
fn external(tensor: &Tensor, location: &str, place: Place) -> Vec<u8> {
    let mut message = Message::default();
    message.raw(&tensor.message);
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
struct DataFile {
    file: File,
    end: u64,
}

impl DataFile {
    fn create(dir: &Path, name: &str) -> io::Result<Self> {
        Ok(Self {
            file: File::create_new(dir.join(name))?,
            end: 0,
        })
    }

    /// Copies `from` of `source` to the next page; the kernel moves the bytes.
    fn copy(&mut self, source: &File, from: Place) -> io::Result<Place> {
        let offset = self.end.next_multiple_of(PAGE);
        self.file.seek(SeekFrom::Start(offset))?;
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

    fn finish(self) -> io::Result<()> {
        self.file.sync_all()
    }
}
