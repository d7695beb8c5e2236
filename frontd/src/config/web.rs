use std::path::PathBuf;

use super::{
    Reader,
    access::{is_origin, list},
};

/// The web studio.
#[derive(Debug, Clone)]
pub struct Web {
    /// Whether it is there. `ENABLE_WEB_PLAYER`, true.
    pub enabled: bool,
    /// Serve the page from this folder instead of the copy in the program, for development. `WEB_DIR`, none.
    pub dir: Option<PathBuf>,
    /// What may show the studio in a frame: a list of `self` and origins such as `https://home.example`, by commas. Empty:
    /// nothing. `FRAME_ANCESTORS`, none.
    pub frame_ancestors: Vec<String>,
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
            frame_ancestors: Self::frame_ancestors(reader),
            book_consult_url: reader.text("BOOK_CONSULT_URL"),
            contact_email: reader.text("CONTACT_EMAIL"),
        }
    }

    fn frame_ancestors(reader: &mut Reader) -> Vec<String> {
        let wanted = reader.text("FRAME_ANCESTORS").filter(|wanted| wanted != "none");
        let wanted = list(wanted);
        // It becomes part of a header, where these would begin something else.
        let safe = |origin: &str| !origin.contains([';', '\'']);
        for wrong in wanted
            .iter()
            .filter(|one| *one != "self" && !(is_origin(one) && safe(one)))
        {
            let message =
                format!("must be none, self or origins such as https://home.example, not {wrong:?}");
            reader.fault("FRAME_ANCESTORS", message);
        }
        wanted
    }
}
