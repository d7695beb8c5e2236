//! Style packs: the file form of a voice.

use std::{fs, io, path::Path};

use ndarray::{Array2, ArrayView1, ArrayView2, s};

/// Rows of a pack: one for each number of tokens from 1 on.
pub const ROWS: usize = common::MAX_TOKENS;
/// Values of a row.
pub const STYLE: usize = common::STYLE_DIM;
/// Length of a pack file: raw little-endian `f32` of shape `[ROWS, 1, STYLE]`.
pub const PACK_BYTES: usize = ROWS * STYLE * size_of::<f32>();

/// The columns of the built-in table, which are the first dimensions of a style.
pub(super) const BUILTIN_DIMENSIONS: usize = 16;

/// The rows of one voice: `[ROWS, STYLE]` of a pack, or the built-in model's `[1, STYLE]` for every length.
#[derive(Debug)]
pub(super) struct Rows(Array2<f32>);

impl Rows {
    /// One row for every length, of which only the first dimensions are in use.
    pub(super) fn constant(values: [f32; BUILTIN_DIMENSIONS]) -> Self {
        let mut rows = Array2::zeros((1, STYLE));
        rows.slice_mut(s![0, ..BUILTIN_DIMENSIONS])
            .assign(&ArrayView1::from(&values));
        Self(rows)
    }

    /// For `tokens` tokens; the last one for more than there are rows.
    pub(super) fn row(&self, tokens: usize) -> ArrayView1<'_, f32> {
        self.0.row(tokens.clamp(1, self.0.nrows()) - 1)
    }

    /// `[ROWS, STYLE]`.
    pub(super) fn all(&self) -> Option<ArrayView2<'_, f32>> {
        self.0.broadcast((ROWS, STYLE))
    }

    /// Whether only the dimensions of the built-in model are in use, which Kokoro would not understand.
    pub(super) fn is_builtin(&self) -> bool {
        let mut rest = self.0.slice(s![.., BUILTIN_DIMENSIONS..]).into_iter();
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
    let rows = Array2::from_shape_vec((ROWS, STYLE), values);
    Ok(Rows(rows.map_err(|error| error.to_string())?))
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
