//! Finished segments in memory, so that nothing is computed twice. No clock, no I/O.
//!
//! A segment is named by a hash of what makes its sound: the model and what a worker is given. The text is not kept,
//! nothing is written to disk, and what was used longest ago goes first.

use std::sync::Arc;

use lru::LruCache;
use sha2::{Digest, Sha256};

use super::SegmentJob;
use crate::workers::Speech;

/// What an entry costs beside its speech: its name, links and tables, generously.
const OVERHEAD: usize = 256;

/// SHA-256 of the model, the tokens, the style, the model's own speed and whether it is a draft: no two segments share it by
/// accident or by intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

/// Speech by [`Key`], bounded in bytes.
#[derive(Debug)]
pub struct Cache {
    /// Has read the model's identity.
    hash: Sha256,
    speech: LruCache<Key, Arc<Speech>>,
    bytes: usize,
    /// 0: nothing is kept.
    most_bytes: usize,
}

impl Cache {
    /// `model` must differ wherever the same job would sound differently.
    #[must_use]
    pub fn new(most_bytes: usize, model: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update((model.len() as u64).to_le_bytes());
        hash.update(model);
        Self {
            hash,
            speech: LruCache::unbounded(),
            bytes: 0,
            most_bytes,
        }
    }

    #[must_use]
    pub fn key(&self, job: &SegmentJob) -> Key {
        let mut hash = self.hash.clone();
        hash.update((job.tokens.len() as u64).to_le_bytes());
        hash.update(&job.tokens);
        for value in &job.style {
            hash.update(value.to_bits().to_le_bytes());
        }
        hash.update(job.pace.to_bits().to_le_bytes());
        hash.update([job.draft.into()]);
        // How early it is needed and how fast it will be heard is no matter of its sound.
        Key(hash.finalize().into())
    }

    /// The speech of an equal job, if it is still there. Counts as a use.
    pub fn get(&mut self, key: &Key) -> Option<Arc<Speech>> {
        self.speech.get(key).cloned()
    }

    /// Bytes and segments that it holds.
    #[must_use]
    pub fn held(&self) -> (usize, usize) {
        (self.bytes, self.speech.len())
    }

    /// Keeps `speech`, and lets go what was used longest ago. What is larger than all of the room is not kept.
    pub fn put(&mut self, key: Key, speech: &Arc<Speech>) {
        let size = held_by(speech);
        if size > self.most_bytes {
            return;
        }
        self.bytes += size;
        if let Some((_, old)) = self.speech.push(key, Arc::clone(speech)) {
            self.bytes -= held_by(&old);
        }
        while self.bytes > self.most_bytes
            && let Some((_, old)) = self.speech.pop_lru()
        {
            self.bytes -= held_by(&old);
        }
    }
}

fn held_by(speech: &Speech) -> usize {
    let frames = speech.frames.as_ref().map_or(0, Vec::capacity);
    OVERHEAD + speech.pcm.capacity() * size_of::<f32>() + frames * size_of::<u16>()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::Parts, *};

    fn job(tokens: &[u8]) -> SegmentJob {
        SegmentJob {
            tokens: tokens.to_vec(),
            style: vec![0.5; 256],
            pace: 1.0,
            speed: 1.0,
            parts: Parts::Never,
            draft: false,
        }
    }

    fn speech(samples: usize) -> Arc<Speech> {
        Arc::new(Speech {
            pcm: vec![0.25; samples],
            frames: None,
        })
    }

    #[test]
    fn a_key_tells_everything_apart_that_sounds_differently() {
        let cache = Cache::new(1, "kokoro");
        let plain = job(&[1, 2, 3]);
        let mut styled = plain.clone();
        styled.style[255] = 0.500_000_1;
        let mut paced = plain.clone();
        paced.pace = 1.05;
        let mut draft = plain.clone();
        draft.draft = true;
        let mut fast = plain.clone();
        fast.speed = 2.0;
        let keys = [
            cache.key(&plain),
            cache.key(&styled),
            cache.key(&paced),
            cache.key(&draft),
            cache.key(&job(&[1, 2])),
            Cache::new(1, "builtin").key(&plain),
        ];
        assert_eq!(
            cache.key(&plain),
            cache.key(&fast),
            "it is stretched when it is heard"
        );
        for (i, a) in keys.iter().enumerate() {
            assert!(keys[i + 1..].iter().all(|b| a != b), "{i}");
        }
    }

    #[test]
    fn what_was_used_longest_ago_goes_first() {
        let size = held_by(&speech(1000));
        let mut cache = Cache::new(2 * size, "m");
        let keys = [1, 2, 3].map(|n| cache.key(&job(&[n])));
        cache.put(keys[0], &speech(1000));
        cache.put(keys[1], &speech(1000));
        assert!(cache.get(&keys[0]).is_some());
        cache.put(keys[2], &speech(1000));
        assert_eq!(keys.map(|key| cache.get(&key).is_some()), [true, false, true]);
    }

    #[test]
    fn nothing_is_kept_without_room() {
        let mut cache = Cache::new(0, "m");
        let key = cache.key(&job(&[1]));
        cache.put(key, &speech(0));
        assert!(cache.get(&key).is_none());
        let mut small = Cache::new(4000, "m");
        small.put(key, &speech(1000));
        assert!(small.get(&key).is_none());
    }

    proptest! {
        #[test]
        fn it_never_holds_more_than_it_may(most in 0usize..40_000, puts in prop::collection::vec((0u8..20, 0usize..5000), 0..60)) {
            let mut cache = Cache::new(most, "m");
            for (name, samples) in puts {
                let key = cache.key(&job(&[name]));
                cache.put(key, &speech(samples));
                let held: usize = cache.speech.iter().map(|(_, speech)| held_by(speech)).sum();
                prop_assert_eq!((held, cache.speech.len()), cache.held());
                prop_assert!(held <= most);
            }
        }
    }
}
