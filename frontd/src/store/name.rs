use std::fmt;

/// Random letters: 130 bits, so that a name cannot be guessed.
const LETTERS: usize = 26;
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// What may be published.
const EXTENSIONS: [&str; 6] = ["mp3", "wav", "zip", "json", "srt", "vtt"];
/// Of files that are being written.
const DRAFT: &str = "part";

/// The name of a file in one of the folders: `LETTERS.EXT`, or `NODE-LETTERS.EXT` where many servers share an address,
/// so that a proxy in front sees which of them has it. Nothing but [`Name::random`]'s own form can be parsed, so a name
/// from outside can neither leave the folder nor mean a file of somebody else's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    stem: String,
    extension: &'static str,
}

impl Name {
    /// A new name, which begins with the id of the server that has the file where there are several ([`is_node`]; what is
    /// no id is left out). `None` for an extension that is not published here.
    #[must_use]
    pub fn random(extension: &str, node: Option<&str>) -> Option<Self> {
        let name = Self::with(known(extension)?);
        Some(match node.filter(|node| is_node(node)) {
            Some(node) => Self {
                stem: format!("{node}-{}", name.stem),
                ..name
            },
            None => name,
        })
    }

    /// Reads a name that was made here.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_any(text).filter(|name| !name.is_draft())
    }

    pub(super) fn draft() -> Self {
        Self::with(DRAFT)
    }

    pub(super) fn is_draft(&self) -> bool {
        self.extension == DRAFT
    }

    /// Drafts too.
    pub(super) fn parse_any(text: &str) -> Option<Self> {
        let (stem, extension) = text.split_once('.')?;
        let (node, letters) = stem
            .rsplit_once('-')
            .map_or((None, stem), |(node, letters)| (Some(node), letters));
        let random = letters.len() == LETTERS && letters.bytes().all(|b| ALPHABET.contains(&b));
        let ours = random && node.is_none_or(is_node);
        Some(Self {
            stem: ours.then(|| stem.to_owned())?,
            extension: if extension == DRAFT {
                DRAFT
            } else {
                known(extension)?
            },
        })
    }

    fn with(extension: &'static str) -> Self {
        let random: [u8; LETTERS] = rand::random();
        let letter = |byte: u8| char::from(ALPHABET[usize::from(byte % 32)]);
        Self {
            stem: random.into_iter().map(letter).collect(),
            extension,
        }
    }

    /// The file beside this one: the timing of a sound.
    #[must_use]
    pub fn beside(&self, extension: &str) -> Option<Self> {
        Some(Self {
            stem: self.stem.clone(),
            extension: known(extension)?,
        })
    }

    #[must_use]
    pub fn extension(&self) -> &'static str {
        self.extension
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.stem, self.extension)
    }
}

/// Whether this may name a server: what may be one label of a host's name, in lower case.
#[must_use]
pub fn is_node(id: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&id.len()) && id.bytes().all(inner) && !id.starts_with('-') && !id.ends_with('-')
}

fn known(extension: &str) -> Option<&'static str> {
    EXTENSIONS.into_iter().find(|known| *known == extension)
}
