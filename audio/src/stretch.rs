//! Faster or slower speech at the same pitch.
//!
//! The model's own speed shortens unevenly and loses words (docs/model-notes.md), so it always speaks at speed 1 and its sound is
//! stretched: WSOLA (Verhelst and Roelands, 1993). Windows are taken from the sound where the speed puts them, each moved to where it goes
//! on best from the one before, and faded into each other.
//!
//! Pure: samples in, samples out. The same sound comes out whatever the sizes of the parts that it comes in.

/// 12 ms. Windows of twice this overlap by half.
const HOP: usize = 288;
/// 10 ms: how far a window may move from its place.
const SEARCH: usize = 240;
/// The search looks at means of so many samples first, since at all of them it would take a hundredth of a core.
const COARSE: usize = 4;
/// Sums of products that run side by side, so that they are vectors on every machine and the same on all.
const LANES: usize = 8;

/// Samples that come of so many.
pub(super) fn length(samples: usize, speed: f64) -> usize {
    place(samples as f64 / speed)
}

/// Stretches one sound.
#[derive(Debug)]
pub(super) struct Stretch {
    speed: f64,
    /// Samples that are still needed; the first is number `dropped` of the sound.
    sound: Vec<f32>,
    dropped: usize,
    /// Where the last window was taken, and how many there were.
    last: usize,
    windows: usize,
}

impl Stretch {
    /// A `speed` of 2 makes half of the samples; 1 leaves them as they are.
    pub(super) fn new(speed: f32) -> Self {
        Self {
            speed: f64::from(speed),
            sound: Vec::new(),
            dropped: 0,
            last: 0,
            windows: 0,
        }
    }

    /// What is ready after the next samples. At most 22 ms are kept back.
    pub(super) fn push(&mut self, pcm: &[f32]) -> Vec<f32> {
        if self.is_idle() {
            return pcm.to_vec();
        }
        self.sound.extend_from_slice(pcm);
        let mut out = Vec::new();
        while self.needs() <= self.dropped + self.sound.len() {
            self.window(&mut out);
        }
        let needed = self.first_needed();
        self.sound.drain(..needed - self.dropped);
        self.dropped = needed;
        out
    }

    /// The rest: all that came out is as long as all that went in, divided by the speed.
    pub(super) fn finish(mut self) -> Vec<f32> {
        if self.is_idle() {
            return Vec::new();
        }
        let all = length(self.dropped + self.sound.len(), self.speed);
        let left = all.saturating_sub(self.windows * HOP);
        let mut out = Vec::with_capacity(left + HOP);
        while out.len() < left {
            // Silence after the end, as far as the next window needs it.
            let needed = self.needs() - self.dropped;
            self.sound.resize(self.sound.len().max(needed), 0.0);
            self.window(&mut out);
        }
        out.truncate(left);
        out
    }

    #[expect(clippy::float_cmp, reason = "samples are untouched at exactly 1")]
    fn is_idle(&self) -> bool {
        self.speed == 1.0
    }

    /// Where window `number` would be taken by the speed alone.
    fn target(&self, number: usize) -> usize {
        place((number * HOP) as f64 * self.speed)
    }

    /// Where it would have to be taken for the sound to go on as it is.
    fn onwards(&self) -> usize {
        self.last + if self.windows == 0 { 0 } else { HOP }
    }

    /// Samples of the sound without which the next window cannot be taken, or would be longer than the sound may be.
    fn needs(&self) -> usize {
        let window = (self.target(self.windows) + SEARCH).max(self.onwards()) + HOP;
        window.max(self.target(self.windows + 1))
    }

    /// The first sample that the next window may use.
    fn first_needed(&self) -> usize {
        self.target(self.windows)
            .saturating_sub(SEARCH)
            .min(self.onwards())
    }

    /// Takes the next window, and adds [`HOP`] samples to `out`: the end of the last window faded into its beginning.
    fn window(&mut self, out: &mut Vec<f32>) {
        let onwards = self.onwards() - self.dropped;
        let target = self.target(self.windows) - self.dropped;
        let taken = if self.windows == 0 {
            target
        } else {
            let least = target.saturating_sub(SEARCH);
            let region = &self.sound[least..target + SEARCH + HOP];
            least + best_match(&self.sound[onwards..onwards + HOP], region, target - least)
        };
        let (old, new) = (
            &self.sound[onwards..onwards + HOP],
            &self.sound[taken..taken + HOP],
        );
        out.extend(old.iter().zip(new).enumerate().map(|(i, (old, new))| {
            let phase = std::f32::consts::PI * (i as f32 + 0.5) / HOP as f32;
            old + (new - old) * (0.5 - 0.5 * phase.cos())
        }));
        self.last = taken + self.dropped;
        self.windows += 1;
    }
}

/// Where `region` is most like `wanted`: first by every [`COARSE`] samples, then near the best of those. `usual` where nothing is.
fn best_match(wanted: &[f32], region: &[f32], usual: usize) -> usize {
    let coarse = likest(&thinned(wanted), &thinned(region), usual / COARSE) * COARSE;
    let first = coarse.saturating_sub(COARSE);
    let last = (coarse + COARSE + wanted.len()).min(region.len());
    first
        + likest(
            wanted,
            &region[first..last],
            usual.clamp(first, last - wanted.len()) - first,
        )
}

/// Means of [`COARSE`] samples.
fn thinned(pcm: &[f32]) -> Vec<f32> {
    let means = pcm
        .chunks_exact(COARSE)
        .map(|c| c.iter().sum::<f32>() / COARSE as f32);
    means.collect()
}

/// The largest correlation by the root of its energy.
fn likest(wanted: &[f32], region: &[f32], usual: usize) -> usize {
    let square = |sample: f32| f64::from(sample) * f64::from(sample);
    let mut energy: f64 = region[..wanted.len()].iter().copied().map(square).sum();
    let (mut best, mut found) = (0.0, usual);
    for (at, window) in region.windows(wanted.len()).enumerate() {
        let product = f64::from(product(wanted, window));
        let likeness = product * product.abs() / energy.max(1e-9);
        if likeness > best {
            (best, found) = (likeness, at);
        }
        let next = region.get(at + wanted.len()).copied().unwrap_or_default();
        energy += square(next) - square(window[0]);
    }
    found
}

fn product(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; LANES];
    for (a, b) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "samples of one segment"
)]
fn place(samples: f64) -> usize {
    samples.round() as usize
}

#[cfg(test)]
mod tests;
