//! Style packs: the file form of a voice.

use std::{fs, io, path::Path};

use super::catalogue::BUILTIN_DIMENSIONS;

/// Rows of a pack: one for each number of tokens from 1 on.
pub const ROWS: usize = 510;
/// Values of a row.
pub const STYLE: usize = 256;
/// Length of a pack file: raw little-endian `f32` of shape [510, 1, 256].
pub const PACK_BYTES: usize = ROWS * STYLE * size_of::<f32>();

/// The rows of one voice: [`ROWS`] of a pack, or the built-in model's one row for every length.
#[derive(Debug)]
pub(super) struct Rows(Vec<[f32; STYLE]>);

impl Rows {
    pub(super) fn constant(row: [f32; STYLE]) -> Self {
        Self(vec![row])
    }

    /// For `tokens` tokens; the last one for more than there are rows.
    pub(super) fn row(&self, tokens: usize) -> &[f32; STYLE] {
        &self.0[tokens.clamp(1, self.0.len()) - 1]
    }

    /// Whether only the dimensions of the built-in model are in use, which Kokoro would not understand.
    pub(super) fn is_builtin(&self) -> bool {
        let mut rest = self.0.iter().flat_map(|row| &row[BUILTIN_DIMENSIONS..]);
        rest.all(|value| *value == 0.0)
    }
}

/// The error says why a file is no pack.
pub(super) fn read(path: &Path) -> Result<Rows, String> {
    use io::Read as _;
    // Opened once and bounded, so that a file that is being replaced cannot be longer than looked at.
    let mut bytes = Vec::with_capacity(PACK_BYTES);
    fs::File::open(path)
        .and_then(|file| file.take(PACK_BYTES as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| error.kind().to_string())?;
    parse(&bytes)
}

fn parse(bytes: &[u8]) -> Result<Rows, String> {
    if bytes.len() != PACK_BYTES {
        return Err(format!("it does not have {PACK_BYTES} bytes"));
    }
    let (values, _) = bytes.as_chunks::<4>();
    let values: Vec<f32> = values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    // Kokoro's own stay below 3.
    if !values.iter().all(|value| value.abs() < 1000.0) {
        return Err("it holds values that are no style".to_owned());
    }
    Ok(Rows(values.as_chunks::<STYLE>().0.to_vec()))
}

/// Writes `NAME.bin`, which must not be there yet; readers see all of it or nothing.
pub(super) fn write_new(folder: &Path, name: &str, pack: &[u8]) -> io::Result<()> {
    use io::Write as _;
    fs::create_dir_all(folder)?;
    let unfinished = folder.join(format!(".{name}.{:016x}.tmp", rand::random::<u64>()));
    let finish = || {
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&unfinished)?;
        file.write_all(pack)?;
        file.sync_all()?;
        // Unlike a rename, a link refuses to replace.
        fs::hard_link(&unfinished, folder.join(format!("{name}.bin")))
    };
    let result = finish();
    let removed = fs::remove_file(&unfinished);
    result.and(removed)
}
