//! The parts of speech of a sentence: spaCy's `en_core_web_sm` 3.8 tagger (MIT).
//!
//! A small convolutional network: six hashed features a word → 96 numbers, four layers that each see one
//! more word to either side, then one score for each of 50 tags. misaki chooses by these very tags, so the
//! network is computed as it is rather than approximated.

use std::{collections::HashMap, sync::Mutex};

use super::{
    features::{COLUMNS, features},
    spacy::LABELS,
    words::Word,
};

/// Numbers that describe a word.
const WIDTH: usize = 96;
/// Each number is the largest of so many candidates.
const PIECES: usize = 3;
const OUT: usize = WIDTH * PIECES;
const LAYERS: usize = 4;
/// Empty words on either side of a sentence; they pass through the layers like others.
const PAD: usize = 4;
/// Rows of the feature tables.
const ROWS: [usize; COLUMNS] = [5000, 1000, 2500, 2500, 50, 50];
/// Seeds of the features' hashes.
const SEEDS: [u32; COLUMNS] = [8, 9, 10, 11, 12, 13];
/// Words whose first layer is remembered.
const REMEMBERED: usize = 4096;

type Vector = [f32; WIDTH];

pub(super) struct Tagger {
    /// The feature tables one after another; read where they lie in the program.
    tables: &'static [u8],
    first: Maxout,
    layers: Vec<Maxout>,
    scores: Vec<Vector>,
    biases: Vec<f32>,
    remembered: Mutex<HashMap<[u64; COLUMNS], Vector>>,
}

/// A linear map to `OUT` numbers, of which every three give their largest, normalised.
struct Maxout {
    /// For each input `OUT` weights, in the order (piece, number).
    weights: Vec<f32>,
    biases: Vec<f32>,
    gain: Vec<f32>,
    shift: Vec<f32>,
}

static WEIGHTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/tagger.f32"));

impl Tagger {
    pub(super) fn load() -> Self {
        let (tables, rest) = WEIGHTS.split_at(ROWS.iter().sum::<usize>() * WIDTH * size_of::<f32>());
        let mut numbers = rest.chunks_exact(4).map(number);
        let mut take = |count: usize| -> Vec<f32> { numbers.by_ref().take(count).collect() };
        let first = Maxout::read(WIDTH * COLUMNS, &mut take);
        let layers = (0..LAYERS).map(|_| Maxout::read(WIDTH * 3, &mut take)).collect();
        let scores = take(LABELS.len() * WIDTH);
        Self {
            tables,
            first,
            layers,
            scores: scores.as_chunks().0.to_vec(),
            biases: take(LABELS.len()),
            remembered: Mutex::default(),
        }
    }

    /// One tag a word. The words must stand together: each is seen with four to either side.
    pub(super) fn tag(&self, words: &[Word<'_>]) -> Vec<&'static str> {
        let mut known = vec![[0.0; WIDTH]; words.len() + 2 * PAD];
        for (word, vector) in words.iter().zip(&mut known[PAD..]) {
            *vector = self.embed(features(word));
        }
        for layer in &self.layers {
            let mut before = [0.0; WIDTH];
            for i in 0..known.len() {
                let here = known[i];
                let after = known.get(i + 1).copied().unwrap_or([0.0; WIDTH]);
                let change = layer.apply([before, here, after].as_flattened());
                for (known, change) in known[i].iter_mut().zip(change) {
                    *known += change;
                }
                before = here;
            }
        }
        known[PAD..]
            .iter()
            .take(words.len())
            .map(|vector| self.best(vector))
            .collect()
    }

    fn embed(&self, features: [u64; COLUMNS]) -> Vector {
        let remembered = |memory: std::sync::MutexGuard<'_, HashMap<_, _>>| memory.get(&features).copied();
        if let Some(vector) = self.remembered.lock().ok().and_then(remembered) {
            return vector;
        }
        let mut joined = [0.0; WIDTH * COLUMNS];
        let mut table = 0;
        for column in 0..COLUMNS {
            for key in hash(features[column], SEEDS[column]) {
                let row = (table + key as usize % ROWS[column]) * WIDTH * size_of::<f32>();
                let row = self.tables[row..].chunks_exact(4).map(number);
                for (sum, weight) in joined[column * WIDTH..][..WIDTH].iter_mut().zip(row) {
                    *sum += weight;
                }
            }
            table += ROWS[column];
        }
        let vector = self.first.apply(&joined);
        if let Ok(mut memory) = self.remembered.lock() {
            if memory.len() >= REMEMBERED {
                memory.clear();
            }
            memory.insert(features, vector);
        }
        vector
    }

    fn best(&self, vector: &Vector) -> &'static str {
        let mut best = (f32::NEG_INFINITY, "NN");
        for ((row, bias), label) in self.scores.iter().zip(&self.biases).zip(LABELS) {
            let score = bias + row.iter().zip(vector).map(|(a, b)| a * b).sum::<f32>();
            if score > best.0 {
                best = (score, label);
            }
        }
        best.1
    }
}

impl std::fmt::Debug for Tagger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tagger")
    }
}

impl Maxout {
    /// The file has the weights in the order (number, piece, input).
    fn read(inputs: usize, take: &mut impl FnMut(usize) -> Vec<f32>) -> Self {
        let (stored, biases) = (take(OUT * inputs), take(OUT));
        let place = |out: usize| out % PIECES * WIDTH + out / PIECES;
        let mut weights = vec![0.0; OUT * inputs];
        let mut ordered = vec![0.0; OUT];
        for out in 0..OUT {
            ordered[place(out)] = biases[out];
            for input in 0..inputs {
                weights[input * OUT + place(out)] = stored[out * inputs + input];
            }
        }
        Self {
            weights,
            biases: ordered,
            gain: take(WIDTH),
            shift: take(WIDTH),
        }
    }

    fn apply(&self, input: &[f32]) -> Vector {
        let mut sums = [0.0_f32; OUT];
        sums.copy_from_slice(&self.biases);
        let rows = self.weights.as_chunks::<OUT>().0;
        // Two inputs at a time halve the loads and stores of the sums.
        for (pair, rows) in input.chunks_exact(2).zip(rows.chunks_exact(2)) {
            let [a, b] = [pair[0], pair[1]];
            for ((sum, x), y) in sums.iter_mut().zip(&rows[0]).zip(&rows[1]) {
                *sum += a * x + b * y;
            }
        }
        let mut vector = [0.0; WIDTH];
        for (i, number) in vector.iter_mut().enumerate() {
            *number = sums[i].max(sums[WIDTH + i]).max(sums[2 * WIDTH + i]);
        }
        self.normalise(vector)
    }

    fn normalise(&self, mut vector: Vector) -> Vector {
        let width = f32::from(u8::try_from(WIDTH).unwrap_or(u8::MAX));
        let mean = vector.iter().sum::<f32>() / width;
        let variance = vector.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>() / width;
        let scale = 1.0 / (variance + 1e-8).sqrt();
        for ((number, gain), shift) in vector.iter_mut().zip(&self.gain).zip(&self.shift) {
            *number = (*number - mean) * scale * gain + shift;
        }
        vector
    }
}

fn number(bytes: &[u8]) -> f32 {
    bytes.try_into().map_or(0.0, f32::from_le_bytes)
}

/// MurmurHash3 x86-128 of one 64-bit number as Thinc takes it: the length goes in once more, one block only.
#[allow(clippy::cast_possible_truncation)] // The halves of 64 bits are what is wanted.
fn hash(value: u64, seed: u32) -> [u32; 4] {
    let start = u64::from(seed) ^ 8;
    let mixed = value.wrapping_mul(0x87c3_7b91_1142_53d5).rotate_left(31);
    let mut low = (mixed.wrapping_mul(0x4cf5_ad43_2745_937f) ^ start).wrapping_add(start);
    let mut high = start.wrapping_add(low);
    for half in [&mut low, &mut high] {
        *half ^= *half >> 33;
        *half = half.wrapping_mul(0xff51_afd7_ed55_8ccd);
        *half ^= *half >> 33;
        *half = half.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        *half ^= *half >> 33;
    }
    low = low.wrapping_add(high);
    high = high.wrapping_add(low);
    [low as u32, (low >> 32) as u32, high as u32, (high >> 32) as u32]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::phonemes::words::words;

    #[test]
    fn tags_by_context() {
        let tagger = Tagger::load();
        let tag = |sentence: &str| tagger.tag(&words(sentence)).join(" ");
        assert_eq!(tag("I read the book."), "PRP VBD DT NN .");
        assert_eq!(
            tag("They use a tool of no use to us."),
            "PRP VBP DT NN IN DT NN IN PRP ."
        );
        assert_eq!(tag("“Well,” said Jane’s friend."), "`` UH , '' VBD NNP POS NN .");
    }

    #[test]
    fn tags_are_the_same_the_second_time() {
        let tagger = Tagger::load();
        let sentence = words("The close observer wound his watch close to the wound.");
        assert_eq!(tagger.tag(&sentence), tagger.tag(&sentence));
    }
}
