//! The voices there are at one moment: the built-in table and the packs of the folder.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::SystemTime,
};

use super::{
    Model, VoiceError,
    pack::{self, BUILTIN_DIMENSIONS, PACK_BYTES, Rows},
};

/// The most packs of a folder that become voices; the rest, in the order of names, is left out.
pub const MAX_PACKS: usize = 256;
/// Looked at in a folder, packs or not.
const MAX_FOLDER_ENTRIES: usize = 10_000;
const MAX_NAME_CHARS: usize = 64;
const BUILTIN_TABLE: &str = include_str!("../../../workerd/assets/builtin-voices.csv");

#[derive(Debug, thiserror::Error)]
#[error("the folder {} cannot be read", folder.display())]
pub struct RefreshError {
    folder: PathBuf,
    source: io::Error,
}

impl From<RefreshError> for io::Error {
    fn from(error: RefreshError) -> Self {
        error.source
    }
}

#[derive(Debug)]
pub(super) struct Catalogue {
    model: Model,
    /// By name in lower case.
    entries: BTreeMap<String, Entry>,
}

#[derive(Debug, Clone)]
enum Entry {
    BuiltIn(Arc<Rows>),
    Pack(Arc<Pack>),
}

/// A file of the folder, read at first use.
#[derive(Debug)]
struct Pack {
    path: PathBuf,
    /// Tells whether the file was replaced.
    stamp: (u64, Option<SystemTime>),
    rows: OnceLock<Result<Arc<Rows>, String>>,
}

impl Catalogue {
    pub(super) fn without_folder(model: Model) -> Self {
        let entries = match model {
            Model::Kokoro => BTreeMap::new(),
            Model::BuiltIn => builtin_table(),
        };
        Self { model, entries }
    }

    /// Files that `known` has and that did not change keep what was read of them.
    pub(super) fn scan(model: Model, folder: &Path, known: &Self) -> Result<Self, RefreshError> {
        let mut catalogue = Self::without_folder(model);
        let found = list_packs(folder).map_err(|source| RefreshError {
            folder: folder.to_owned(),
            source,
        })?;
        for (name, path, stamp) in found.into_iter().take(MAX_PACKS) {
            let kept = match known.entries.get(&name) {
                Some(Entry::Pack(pack)) if pack.stamp == stamp && pack.path == path => Some(Arc::clone(pack)),
                _ => None,
            };
            catalogue.entries.entry(name).or_insert_with(|| {
                Entry::Pack(kept.unwrap_or_else(|| {
                    Arc::new(Pack {
                        path,
                        stamp,
                        rows: OnceLock::new(),
                    })
                }))
            });
        }
        Ok(catalogue)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    pub(super) fn packs(&self) -> usize {
        self.entries
            .values()
            .filter(|entry| matches!(entry, Entry::Pack(_)))
            .count()
    }

    /// The voice's name as it is listed.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        let found = self.entries.get_key_value(&name.to_ascii_lowercase());
        found.map(|(name, _)| name.as_str())
    }

    pub(super) fn rows(&self, name: &str) -> Result<Arc<Rows>, VoiceError> {
        let unknown = || VoiceError::Unknown {
            name: name.to_owned(),
            near: super::nearest(name, self.names()),
        };
        match self.entries.get(&name.to_ascii_lowercase()).ok_or_else(unknown)? {
            Entry::BuiltIn(rows) => Ok(Arc::clone(rows)),
            Entry::Pack(pack) => pack
                .rows
                .get_or_init(|| self.read(pack))
                .clone()
                .map_err(|reason| {
                    let name = name.to_owned();
                    VoiceError::BadPack { name, reason }
                }),
        }
    }

    fn read(&self, pack: &Pack) -> Result<Arc<Rows>, String> {
        let rows = pack::read(&pack.path)?;
        if self.model == Model::Kokoro && rows.is_builtin() {
            return Err("it was mixed for the built-in voice, which Kokoro does not share".to_owned());
        }
        Ok(Arc::new(rows))
    }
}

/// Whether `name` can be the name of a pack: it must not mean anything in an expression or a path.
pub(super) fn is_pack_name(name: &str) -> bool {
    (1..=MAX_NAME_CHARS).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !is_other_language(name)
}

/// Kokoro's packs of languages that are not spoken here: `ff_siwis`, `zm_yunxi`.
fn is_other_language(name: &str) -> bool {
    matches!(
        name.as_bytes(),
        [
            b'e' | b'f' | b'h' | b'i' | b'j' | b'p' | b'z',
            b'f' | b'm',
            b'_',
            ..
        ]
    )
}

type Found = (String, PathBuf, (u64, Option<SystemTime>));

/// By name. No folder is an empty one.
fn list_packs(folder: &Path) -> io::Result<Vec<Found>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries.take(MAX_FOLDER_ENTRIES) {
        let path = entry?.path();
        let name = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .map(str::to_ascii_lowercase);
        let (Some(name), Some("bin")) = (name, path.extension().and_then(|e| e.to_str())) else {
            continue;
        };
        // A file that goes away meanwhile is no voice.
        if let Ok(meta) = fs::metadata(&path)
            && is_pack_name(&name)
            && meta.is_file()
            && meta.len() == PACK_BYTES as u64
        {
            found.push((name, path, (meta.len(), meta.modified().ok())));
        }
    }
    found.sort();
    Ok(found)
}

fn builtin_table() -> BTreeMap<String, Entry> {
    let lines = BUILTIN_TABLE.lines().skip(1);
    lines
        .filter_map(|line| {
            let (name, values) = line.split_once(',')?;
            let mut row = [0.0; BUILTIN_DIMENSIONS];
            for (value, text) in row.iter_mut().zip(values.split(',')) {
                *value = text.parse().ok()?;
            }
            Some((name.to_owned(), Entry::BuiltIn(Arc::new(Rows::constant(row)))))
        })
        .collect()
}
