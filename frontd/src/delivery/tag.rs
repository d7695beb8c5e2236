//! ID3v2 tags, with chapters (<https://id3.org/id3v2-chapters-1.0>). Pure.

use std::time::Duration;

use id3::{
    Frame, Tag, TagLike as _, Version,
    frame::{Chapter as ChapterFrame, TableOfContents},
};

use super::{Chapter, DeliveryError};

/// A table of contents counts its entries in a byte.
pub const MAX_CHAPTERS: usize = 255;
/// Times count, not bytes.
const NO_OFFSET: u32 = u32::MAX;

/// The tag of one file; empty where it would say nothing.
pub(super) fn of_whole(
    title: Option<&str>,
    artist: Option<&str>,
    chapters: &[Chapter],
    length: Duration,
) -> Result<Vec<u8>, DeliveryError> {
    let mut tag = named(title, artist);
    let ends = chapters
        .iter()
        .skip(1)
        .map(|chapter| chapter.start)
        .chain([length]);
    let mut elements = Vec::with_capacity(chapters.len());
    for (i, (chapter, end)) in chapters.iter().zip(ends).enumerate() {
        let element_id = format!("chp{i}");
        elements.push(element_id.clone());
        tag.add_frame(ChapterFrame {
            element_id,
            start_time: milliseconds(chapter.start),
            end_time: milliseconds(end),
            start_offset: NO_OFFSET,
            end_offset: NO_OFFSET,
            frames: vec![Frame::text("TIT2", &chapter.title)],
        });
    }
    if !elements.is_empty() {
        tag.add_frame(TableOfContents {
            element_id: "toc".to_owned(),
            top_level: true,
            ordered: true,
            elements,
            frames: Vec::new(),
        });
    }
    written(&tag)
}

/// The tag of a chapter's own file; the whole is its album.
pub(super) fn of_chapter(
    title: &str,
    album: Option<&str>,
    artist: Option<&str>,
    (track, tracks): (usize, usize),
) -> Result<Vec<u8>, DeliveryError> {
    let mut tag = named(Some(title), artist);
    if let Some(album) = album {
        tag.set_album(album);
    }
    tag.set_text("TRCK", format!("{track}/{tracks}"));
    written(&tag)
}

fn named(title: Option<&str>, artist: Option<&str>) -> Tag {
    let mut tag = Tag::new();
    if let Some(title) = title {
        tag.set_title(title);
    }
    if let Some(artist) = artist {
        tag.set_artist(artist);
    }
    tag
}

fn written(tag: &Tag) -> Result<Vec<u8>, DeliveryError> {
    let mut bytes = Vec::new();
    if tag.frames().next().is_some() {
        // 2.3 is what players of audiobooks read.
        tag.write_to(&mut bytes, Version::Id3v23)?;
    }
    Ok(bytes)
}

fn milliseconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}
