//! What a request wants of its finished file.

use audio::{Bitrate, SAMPLE_RATE, level::Master};

use super::{ApiError, Format, SpeechRequest, clipped, invalid};
use crate::{
    captions::headings,
    delivery::{ChapterForm, Delivery, MAX_CHAPTERS, SAMPLE_RATES},
};

/// Characters of a title and of an artist.
const MOST_CHARS: usize = 200;

/// The fields of a request about its file, read but not yet put together with the format of one.
#[derive(Debug)]
pub(super) struct Wanted {
    bitrate: Option<Bitrate>,
    sample_rate: u32,
    title: Option<String>,
    artist: Option<String>,
    chapters: Option<ChapterForm>,
    master: Option<Master>,
}

impl Wanted {
    /// `None`: the request says nothing about its file.
    ///
    /// # Errors
    /// [`ApiError::Invalid`].
    pub(super) fn read(request: &mut SpeechRequest, text: &str) -> Result<Option<Self>, ApiError> {
        let sample_rate = request.sample_rate.take();
        let bitrate = request.bitrate.take();
        let title = request.title.take().filter(|title| !title.trim().is_empty());
        let artist = request.artist.take().filter(|artist| !artist.trim().is_empty());
        let chapters = request.chapters.take();
        let master = request.master.take();
        let says_nothing = sample_rate.is_none()
            && bitrate.is_none()
            && title.is_none()
            && artist.is_none()
            && chapters.is_none()
            && master.is_none();
        if says_nothing {
            return Ok(None);
        }
        let sample_rate = match sample_rate {
            None => SAMPLE_RATE,
            Some(wanted) => SAMPLE_RATES
                .into_iter()
                .find(|rate| f64::from(*rate) == wanted)
                .ok_or_else(|| invalid("sample_rate", &format!("choose {}", listed(SAMPLE_RATES))))?,
        };
        let bitrate = bitrate.map(|wanted| {
            let all = Bitrate::all_at(sample_rate).iter().copied();
            let kbps = all.clone().find(|kbps| f64::from(*kbps) == wanted);
            kbps.and_then(|kbps| Bitrate::at(kbps, sample_rate))
                .ok_or_else(|| invalid("bitrate", &format!("at {sample_rate} Hz choose {}", listed(all))))
        });
        let bitrate = bitrate.transpose()?;
        for (param, name) in [("title", &title), ("artist", &artist)] {
            if name
                .as_ref()
                .is_some_and(|name| name.chars().count() > MOST_CHARS)
            {
                return Err(invalid(
                    param,
                    &format!("at most {MOST_CHARS} characters are taken"),
                ));
            }
        }
        let chapters = chapters.map(|form| match form.to_ascii_lowercase().as_str() {
            "id3" => Ok(ChapterForm::Tag),
            "zip" => Ok(ChapterForm::Zip),
            _ => Err(invalid("chapters", "choose id3 or zip")),
        });
        let chapters = chapters.transpose()?;
        if chapters.is_some() && headings(text).len() >= MAX_CHAPTERS {
            return Err(invalid(
                "chapters",
                &format!("a text may have fewer than {MAX_CHAPTERS} headings"),
            ));
        }
        let master = master.map(|master| {
            let written = master.written();
            let parsed = written.parse();
            parsed.map_err(|error| invalid("master", &format!("{error}, not {}", clipped(&written))))
        });
        Ok(Some(Self {
            bitrate,
            sample_rate,
            title,
            artist,
            chapters,
            master: master.transpose()?,
        }))
    }

    /// For a file of `format`.
    ///
    /// # Errors
    /// [`ApiError::Unfit`] where a WAV is to have what only an MP3 can.
    pub(super) fn of(&self, format: Format, bitrate: Bitrate) -> Result<Delivery, ApiError> {
        let mp3_only = [
            ("bitrate", self.bitrate.is_some()),
            (
                "title",
                self.title.is_some() && self.chapters != Some(ChapterForm::Zip),
            ),
            ("artist", self.artist.is_some()),
            ("chapters", self.chapters == Some(ChapterForm::Tag)),
        ];
        let unfit = mp3_only.into_iter().find(|(_, wanted)| *wanted);
        if format == Format::Wav
            && let Some((param, _)) = unfit
        {
            return Err(ApiError::Unfit {
                param,
                message: "only an MP3 has it, and a WAV was asked for",
            });
        }
        Ok(Delivery {
            format,
            bitrate: self.bitrate.unwrap_or(bitrate),
            sample_rate: self.sample_rate,
            title: self.title.clone(),
            artist: self.artist.clone(),
            chapters: self.chapters,
            master: self.master,
        })
    }
}

fn listed(numbers: impl IntoIterator<Item = impl ToString>) -> String {
    let numbers: Vec<String> = numbers.into_iter().map(|number| number.to_string()).collect();
    match numbers.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => numbers.concat(),
    }
}
