//! `GET` and `PUT /v1/lexicon`: how names and jargon are said. And the entries of a request's own.

use std::{io, sync::Arc};

use axum::{
    Json,
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Service, blocking,
    error::{ApiError, EntryFault, ErrorBody},
    json,
};
use crate::text::{
    Dialect,
    lexicon::{Entry, Lexicon, MAX_ENTRIES, Saying},
};

/// The text of a full lexicon, written as JSON.
const MAX_BODY: usize = 16 << 20;
/// Entries that a request may bring.
pub(super) const MAX_REQUEST_ENTRIES: usize = 500;
/// Entries that an answer finds fault with.
const MOST_FAULTS: usize = 50;

const CSV: &str = "text/csv";

/// The server's lexicon.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LexiconList {
    entries: Vec<LexiconEntry>,
    /// Whether it can be replaced: LEXICON_FILE is set.
    writable: bool,
}

/// A lexicon in the place of the server's.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct NewLexicon {
    entries: Vec<LexiconEntry>,
}

/// A word and how it is said: by `say` or by `phonemes`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"word": "Nguyen", "say": "win"}))]
pub(super) struct LexiconEntry {
    /// As it is written. In small letters it fits every capitalisation.
    word: String,
    /// How it sounds: plain words ("win") or syllables, the stressed one in capitals ("koh-KOH-roh").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    say: Option<String>,
    /// Kokoro's signs or usual IPA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phonemes: Option<String>,
    /// Only for voices of this dialect: `us` or `gb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^(us|gb)$")]
    dialect: Option<String>,
}

/// A row of CSV; an empty cell is as good as none.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Row {
    word: String,
    say: String,
    phonemes: String,
    dialect: String,
}

/// List the server's own pronunciations
///
/// As JSON, or as CSV with `Accept: text/csv`. Without `LEXICON_FILE` there are none.
#[utoipa::path(
    get,
    path = "/v1/lexicon",
    tag = "lexicon",
    responses(
        (status = 200, description = "All entries in their order", content(
            (LexiconList = "application/json"),
            (String = "text/csv", example = "word,say,phonemes,dialect\nNguyen,win,,\n"),
        )),
        (status = 401, description = "No valid API key", body = ErrorBody),
    )
)]
pub(super) async fn get(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let csv = headers
        .get(header::ACCEPT)
        .is_some_and(|accept| accept.as_bytes().starts_with(CSV.as_bytes()));
    blocking(move || {
        let watched = service.generator.text().lexicon();
        let lexicon = watched.map(|watched| watched.current()).unwrap_or_default();
        if !csv {
            return Ok(list(&lexicon, watched.is_some()));
        }
        let mut writer = csv::Writer::from_writer(Vec::new());
        for entry in lexicon.entries() {
            let LexiconEntry {
                word,
                say,
                phonemes,
                dialect,
            } = LexiconEntry::of(entry);
            let row = Row {
                word,
                say: say.unwrap_or_default(),
                phonemes: phonemes.unwrap_or_default(),
                dialect: dialect.unwrap_or_default(),
            };
            writer
                .serialize(row)
                .map_err(|error| ApiError::Internal(error.to_string()))?;
        }
        let text = writer
            .into_inner()
            .map_err(|error| ApiError::Internal(error.to_string()))?;
        Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], text).into_response())
    })
    .await?
}

/// Replace the server's own pronunciations
///
/// The whole list, as JSON or CSV (`word,say,phonemes,dialect` in its first row). It counts for the next request. If an entry is at fault,
/// nothing changes.
#[utoipa::path(
    put,
    path = "/v1/lexicon",
    tag = "lexicon",
    request_body(content((NewLexicon = "application/json"), (String = "text/csv"))),
    responses(
        (status = 200, description = "The list as it is now", body = LexiconList),
        (status = 400, description = "Neither JSON nor CSV", body = ErrorBody),
        (status = 401, description = "No valid API key", body = ErrorBody),
        (status = 408, description = "The body came too slowly", body = ErrorBody),
        (status = 409, description = "The server keeps no lexicon: LEXICON_FILE is not set", body = ErrorBody),
        (status = 413, description = "The body is too large", body = ErrorBody),
        (status = 415, description = "The body is neither JSON nor CSV", body = ErrorBody),
        (status = 422, description = "Entries are at fault; `faults` tells which", body = ErrorBody),
        (status = 503, description = "The file cannot be written", body = ErrorBody),
    )
)]
pub(super) async fn put(State(service): State<Arc<Service>>, request: Request) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    if service.generator.text().lexicon().is_none() {
        json::read_away(body).await;
        return Err(ApiError::NoLexicon);
    }
    let csv = json::media_type(&parts.headers).is_some_and(|kind| kind == CSV);
    let bytes = if csv {
        json::gather(&parts.headers, body, MAX_BODY).await?
    } else {
        json::collect(&parts.headers, body, MAX_BODY).await?
    };
    blocking(move || {
        let entries = if csv {
            rows(&bytes)?
        } else {
            json::parse::<NewLexicon>(&bytes)?.entries
        };
        let entries = checked("entries", entries, MAX_ENTRIES)?;
        let watched = service.generator.text().lexicon().ok_or(ApiError::NoLexicon)?;
        watched.replace(entries).map_err(|error| match error.kind() {
            io::ErrorKind::FileTooLarge => ApiError::Invalid {
                param: "entries".to_owned(),
                message: error.to_string(),
            },
            _ => ApiError::LexiconFile(error),
        })?;
        Ok(list(&watched.current(), true))
    })
    .await?
}

fn list(lexicon: &Lexicon, writable: bool) -> Response {
    let entries = lexicon.entries().iter().map(LexiconEntry::of).collect();
    Json(LexiconList { entries, writable }).into_response()
}

fn rows(bytes: &Bytes) -> Result<Vec<LexiconEntry>, ApiError> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes));
    let some = |cell: String| Some(cell).filter(|cell| !cell.is_empty());
    let entry = |row: Row| LexiconEntry {
        word: row.word,
        say: some(row.say),
        phonemes: some(row.phonemes),
        dialect: some(row.dialect),
    };
    // One more than there may be is found out later.
    let read = |error: csv::Error| ApiError::InvalidCsv(error.to_string());
    let names = reader.headers().map_err(read)?.clone();
    let rows = reader.records().take(MAX_ENTRIES + 1).map(|record| {
        let mut record = record?;
        // A row may end early.
        while record.len() < names.len() {
            record.push_field("");
        }
        record.deserialize(Some(&names)).map(entry)
    });
    rows.collect::<Result<_, _>>().map_err(read)
}

/// The lexicon that a request brings.
///
/// # Errors
/// As for that of the server.
pub(super) fn own(entries: Vec<LexiconEntry>) -> Result<Lexicon, ApiError> {
    checked("lexicon", entries, MAX_REQUEST_ENTRIES).map(Lexicon::new)
}

/// `param` is the field that holds the entries.
fn checked(param: &'static str, entries: Vec<LexiconEntry>, most: usize) -> Result<Vec<Entry>, ApiError> {
    if entries.len() > most {
        return Err(ApiError::Invalid {
            param: param.to_owned(),
            message: format!("at most {most} entries are taken"),
        });
    }
    let mut faults = Vec::new();
    let mut good = Vec::with_capacity(entries.len());
    for (entry, given) in entries.into_iter().enumerate() {
        match given.checked() {
            Ok(entry) => good.push(entry),
            Err(message) if faults.len() < MOST_FAULTS => faults.push(EntryFault { entry, message }),
            Err(_) => {}
        }
    }
    if faults.is_empty() {
        Ok(good)
    } else {
        Err(ApiError::Lexicon { param, faults })
    }
}

impl LexiconEntry {
    fn of(entry: &Entry) -> Self {
        let (say, phonemes) = match entry.saying() {
            Saying::Say(said) => (Some(said.clone()), None),
            Saying::Phonemes(phonemes) => (None, Some(phonemes.clone())),
        };
        let dialect = entry.dialect().map(|dialect| match dialect {
            Dialect::American => "us".to_owned(),
            Dialect::British => "gb".to_owned(),
        });
        Self {
            word: entry.word().to_owned(),
            say,
            phonemes,
            dialect,
        }
    }

    fn checked(self) -> Result<Entry, String> {
        let saying = match (self.say, self.phonemes) {
            (Some(said), None) => Saying::Say(said),
            (None, Some(phonemes)) => Saying::Phonemes(phonemes),
            _ => return Err("one of say and phonemes is expected".to_owned()),
        };
        let dialect = match self.dialect.as_deref() {
            None => None,
            Some("us") => Some(Dialect::American),
            Some("gb") => Some(Dialect::British),
            Some(_) => return Err("dialect is us or gb".to_owned()),
        };
        Entry::new(&self.word, saying, dialect)
    }
}
