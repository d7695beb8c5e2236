use std::path::PathBuf;

use super::Reader;

/// The web studio.
#[derive(Debug, Clone)]
pub struct Web {
    /// Whether it is there. `ENABLE_WEB_PLAYER`, true.
    pub enabled: bool,
    /// Serve the page from this folder instead of the copy in the program, for development. `WEB_DIR`, none.
    pub dir: Option<PathBuf>,
    /// Where "Book a Consult" leads. `BOOK_CONSULT_URL`, none.
    pub book_consult_url: Option<String>,
    /// Shown when there is no such address. `CONTACT_EMAIL`, none.
    pub contact_email: Option<String>,
}

impl Web {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            enabled: reader.flag("ENABLE_WEB_PLAYER", true),
            dir: reader.path("WEB_DIR"),
            book_consult_url: reader.text("BOOK_CONSULT_URL"),
            contact_email: reader.text("CONTACT_EMAIL"),
        }
    }
}
