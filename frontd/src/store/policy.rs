//! Which files have to go. Pure: what is in use is found out by the removal itself.

use std::time::{Duration, SystemTime};

use super::Name;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileInfo {
    pub(super) name: Name,
    pub(super) bytes: u64,
    pub(super) modified: SystemTime,
}

/// Goes through `files` from the oldest on and removes those older than `max_age` and as many more as it takes to
/// free `excess` bytes. `remove` says whether a file is gone. Returns the bytes freed.
pub(super) fn evict(
    mut files: Vec<FileInfo>,
    now: SystemTime,
    max_age: Duration,
    excess: u64,
    mut remove: impl FnMut(&FileInfo) -> bool,
) -> u64 {
    files.sort_by(|a, b| a.modified.cmp(&b.modified).then_with(|| a.name.cmp(&b.name)));
    let mut freed = 0;
    for file in &files {
        // A time to come (the clock was set back) is no age.
        let age = now.duration_since(file.modified).unwrap_or_default();
        if (age > max_age || freed < excess) && remove(file) {
            freed += file.bytes;
        }
    }
    freed
}
