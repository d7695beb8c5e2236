//! An installation that another process carries out, as its files tell.

use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use serde::Serialize;

use super::{files::PinnedFile, staging};

/// Without a byte for this long, nothing is being installed.
const QUIET: Duration = Duration::from_secs(60);

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct UnderWay {
    pub bytes: u64,
    pub total_bytes: u64,
}

/// Looks at the files below `target`; `None` when nothing arrives there.
#[must_use]
pub fn under_way(target: &Path, files: &[PinnedFile], now: SystemTime) -> Option<UnderWay> {
    let arriving = fs::read_dir(target.join(staging::FOLDER)).ok()?.flatten();
    let last = arriving
        .filter_map(|file| file.metadata().ok()?.modified().ok())
        .max()?;
    // A time in the future is that of a clock which was set back.
    if now.duration_since(last).unwrap_or_default() > QUIET {
        return None;
    }
    let whole = |file: &PinnedFile| file.contents.first().map_or(0, |content| content.bytes);
    let here = |file: &PinnedFile| {
        let done = fs::metadata(target.join(&file.path)).map_or(0, |found| found.len());
        done.max(staging::begun(target, file)).min(whole(file))
    };
    Some(UnderWay {
        bytes: files.iter().map(here).sum(),
        total_bytes: files.iter().map(whole).sum(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::files::Content;

    fn file(path: &str, bytes: u64) -> PinnedFile {
        PinnedFile {
            path: path.to_owned(),
            home: "",
            remote: path.to_owned(),
            alias: None,
            contents: vec![Content { bytes, sha256: "" }],
            parts: Vec::new(),
            converted: 0,
        }
    }

    #[test]
    fn files_that_arrive_are_counted_with_those_that_are_there() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path();
        let files = [file("voices/a.bin", 10), file("model.onnx", 100)];
        assert_eq!(under_way(target, &files, SystemTime::now()), None);

        fs::create_dir_all(target.join("voices")).unwrap();
        fs::write(target.join("voices/a.bin"), [0; 10]).unwrap();
        let partial = target.join(staging::FOLDER);
        fs::create_dir(&partial).unwrap();
        fs::write(partial.join("model.onnx"), [0; 40]).unwrap();
        let now = SystemTime::now();
        let expected = UnderWay {
            bytes: 50,
            total_bytes: 110,
        };
        assert_eq!(under_way(target, &files, now), Some(expected));
        assert_eq!(
            under_way(target, &files, now + QUIET + Duration::from_secs(5)),
            None
        );
    }
}
