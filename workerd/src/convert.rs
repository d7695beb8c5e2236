//! From one `model.onnx` to a folder that workers map: the weights in files of their own, and a second graph in which
//! the vocoder's residual blocks, the decoder's convolutions and the text encoder's products are nodes for workerd's kernels.
//!
//! ONNX Runtime maps external data, so every worker shares one copy in the page cache and starts without reading
//! 325 MB. The graph is copied field by field ([`wire`]), its weights from file to file ([`skeleton`]): memory
//! stays at the size of the graph, and nothing of the file is lost. They are found by structure ([`blocks`],
//! [`convolutions`], [`products`]) and their weights transformed ([`fuse`]); a graph without blocks has no `fused.onnx`. In both graphs
//! biases are folded ([`bias`]) and the transform of the source is a convolution ([`stft`]).
//!
//! ```text
//! TARGET/converted-vN-SIZE-MTIME/plain.onnx     the graph as it was
//!                                fused.onnx     the graph with custom nodes
//!                                prosody.onnx   the same in two parts ([`split`])
//!                                vocoder.onnx
//!                                weights.bin    large tensors of both, each on a page of its own
//!                                kernels.bin    transformed weights of the custom nodes
//!                                sizes          those of the files above
//! ```
//!
//! The folder is made under another name and renamed when it is whole and on the disk: it is there complete or
//! not at all. Its name holds the version of this conversion and the source's size and time of change, so a
//! newer program or another model makes it again, and then the older one is removed. So it is when a file has not the size any
//! more that it was written with: workers would go on with ONNX Runtime's own operators, or with none.

mod bias;
mod blocks;
mod convolutions;
mod data;
mod dequantise;
mod durations;
mod fuse;
mod graph;
mod misfit;
mod norms;
mod products;
mod skeleton;
mod split;
mod stft;
mod wire;
mod write;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use common::conversion::{LOCK_FILE, PLAIN_FILE, Report, UNFINISHED};

use crate::fused::FUSED_FILE;

pub use skeleton::SkeletonError;
use skeleton::{Skeleton, Tensor};
pub use wire::WireError;

/// Changes whenever the converted files do.
pub const VERSION: u32 = 10;
const PREFIX: &str = "converted-";
const SIZES_FILE: &str = "sizes";

/// A converted model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// The folder of all its files.
    pub folder: PathBuf,
    /// The graph on ONNX Runtime's own operators, its weights beside it.
    pub plain: PathBuf,
    /// The graph with nodes for workerd's kernels, where the model has the blocks for it.
    pub fused: Option<PathBuf>,
    /// Whether it was made now, and not found from an earlier start.
    pub fresh: bool,
}

/// Why a model was not converted. The source is untouched; it can still be loaded as it is.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    #[error("cannot convert {}: {source}", path.display())]
    Model {
        path: PathBuf,
        #[source]
        source: SkeletonError,
    },
    #[error("cannot convert {}: it cannot be read", path.display())]
    Source {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} has {free} bytes free, and the converted model takes {needed} bytes ({} MB)", path.display(), needed >> 20)]
    Space { path: PathBuf, free: u64, needed: u64 },
    #[error("cannot write the converted model to {} (it takes {} MB): {source}", path.display(), needed >> 20)]
    Target {
        path: PathBuf,
        /// Bytes that the whole conversion writes, as far as they are known.
        needed: u64,
        #[source]
        source: io::Error,
    },
}

/// Converts `source` into a folder in `target_dir`, or finds the one made before. One `target_dir` serves one
/// source. Blocks for about a second when there is work; a second caller waits for the first.
///
/// # Errors
/// [`ConvertError`]; nothing half-made is left under the folder's name.
pub fn convert(source: &Path, target_dir: &Path) -> Result<Converted, ConvertError> {
    let unreadable = |error| ConvertError::Source {
        path: source.to_owned(),
        source: error,
    };
    let unlockable = |error| ConvertError::Target {
        path: target_dir.to_owned(),
        needed: 0,
        source: error,
    };

    let mut file = File::open(source).map_err(unreadable)?;
    let name = folder_name(&file.metadata().map_err(unreadable)?).map_err(unreadable)?;
    let folder = target_dir.join(&name);
    if is_whole(&folder) {
        return Ok(Converted::at(folder, false));
    }
    fs::create_dir_all(target_dir).map_err(unlockable)?;
    let lock = File::create(target_dir.join(LOCK_FILE)).map_err(unlockable)?;
    lock.lock().map_err(unlockable)?;
    if is_whole(&folder) {
        return Ok(Converted::at(folder, false));
    }

    let foreign = |error| ConvertError::Model {
        path: source.to_owned(),
        source: error,
    };
    let mut skeleton = skeleton::read(&mut file).map_err(foreign)?;
    let damaged = |source| foreign(SkeletonError::Node { source });
    let quantised = dequantise::dequantise(&mut skeleton).map_err(damaged)? > 0;
    bias::fold(&mut skeleton).map_err(damaged)?;
    stft::unroll(&mut skeleton).map_err(damaged)?;
    let report = Report {
        quantised,
        durations: durations::give_out(&mut skeleton).map_err(damaged)?,
        ..Report::default()
    };
    let needed = size(&skeleton);
    require_space(target_dir, needed)?;
    let unwritable = |error| ConvertError::Target {
        path: target_dir.to_owned(),
        needed,
        source: error,
    };
    // What a killed conversion left: nobody else writes while the lock is held.
    remove_folders(target_dir, UNFINISHED, "").map_err(unwritable)?;
    if folder.is_dir() {
        tracing::warn!(folder = %folder.display(), "files of the converted model are missing or cut short: it is made again");
        fs::remove_dir_all(&folder).map_err(unwritable)?;
    }
    let unfinished = target_dir.join(format!("{UNFINISHED}{name}"));
    let made = fs::create_dir(&unfinished)
        .and_then(|()| write::all(&skeleton, &file, &unfinished, report))
        .and_then(|()| fs::rename(&unfinished, &folder))
        .and_then(|()| File::open(target_dir)?.sync_all());
    if let Err(error) = made {
        let _ = fs::remove_dir_all(&unfinished);
        return Err(unwritable(error));
    }
    remove_folders(target_dir, PREFIX, &name).map_err(unwritable)?;
    Ok(Converted::at(folder, true))
}

/// About how many bytes the conversion writes: the weights as floats, and transformed for the kernels.
fn size(skeleton: &Skeleton) -> u64 {
    let plain = skeleton.tensors.iter().map(Tensor::bytes).sum::<u64>();
    // Of Kokoro's 325 MB of floats, 195 MB are transformed to 546 MB.
    plain / 10 * 27
}

fn require_space(target_dir: &Path, needed: u64) -> Result<(), ConvertError> {
    let Ok(volume) = nix::sys::statvfs::statvfs(target_dir) else {
        // Where the free space is unknown, writing shows whether it is enough.
        return Ok(());
    };
    let free = volume.blocks_available().saturating_mul(volume.fragment_size());
    if free >= needed {
        return Ok(());
    }
    Err(ConvertError::Space {
        path: target_dir.to_owned(),
        free,
        needed,
    })
}

impl Converted {
    fn at(folder: PathBuf, fresh: bool) -> Self {
        Self {
            plain: folder.join(PLAIN_FILE),
            fused: Some(folder.join(FUSED_FILE)).filter(|file| file.is_file()),
            folder,
            fresh,
        }
    }
}

/// The name of a source's folder: the same for the same file and version of this conversion only.
fn folder_name(source: &fs::Metadata) -> io::Result<String> {
    let changed = source
        .modified()?
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_nanos();
    Ok(format!("{PREFIX}v{VERSION}-{}-{changed}", source.len()))
}

/// Whether the files of a conversion have the sizes that they were written with.
fn is_whole(folder: &Path) -> bool {
    match (fs::read_to_string(folder.join(SIZES_FILE)), sizes(folder)) {
        (Ok(written), Ok(found)) => written == found,
        _ => false,
    }
}

/// A line for each file of a conversion: its name and its bytes.
fn sizes(folder: &Path) -> io::Result<String> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name != SIZES_FILE {
            lines.push(format!("{} {}\n", name.display(), entry.metadata()?.len()));
        }
    }
    lines.sort();
    Ok(lines.concat())
}

/// Removes the folders in `dir` whose names begin with `prefix`, but for `keep`.
fn remove_folders(dir: &Path, prefix: &str, keep: &str) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        if name
            .to_str()
            .is_some_and(|name| name.starts_with(prefix) && name != keep)
        {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
