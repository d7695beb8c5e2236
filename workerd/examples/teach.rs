//! What the real model says of given tokens, for those who learn from it: the makers of the built-in voice.
//!
//! ```text
//! teach MODEL.onnx STYLES.f32 OUT.f32 <TOKENS >FRAMES
//! ```
//!
//! A line of `TOKENS` is the ids of one utterance by commas, without padding; the row of 256 numbers at its place in `STYLES.f32` is its
//! style. `OUT.f32` gets the samples of all, one after the other; a line of `FRAMES` is the frames of 600 samples of each token, padding
//! included. All little-endian, 24 kHz, silence included.

use std::{
    error::Error,
    io::{BufRead as _, BufWriter, Write as _},
    path::Path,
};

use common::{STYLE_DIM, protocol::Job};
use workerd::{
    engine::Engine as _,
    onnx::{Model, OnnxEngine, Options, Runtime},
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, styles, out] = &arguments[..] else {
        return Err("see the head of workerd/examples/teach.rs".into());
    };
    let library = std::env::var("ORT_DYLIB_PATH").map_err(|_| "ORT_DYLIB_PATH is not set")?;
    let options = Options {
        exact: true,
        ..Options::default()
    };
    let runtime = Runtime::open(Path::new(&library))?;
    let mut engine = OnnxEngine::load(&runtime, Model::File(Path::new(model)), options)?;
    let styles = std::fs::read(styles)?;
    let mut rows = styles.chunks_exact(STYLE_DIM * 4);
    let mut sound = BufWriter::new(std::fs::File::create(out)?);
    for line in std::io::stdin().lock().lines() {
        let row = rows.next().ok_or("there are fewer styles than lines")?;
        let job = Job {
            id: 0,
            tokens: line?.split(',').map(str::parse).collect::<Result<_, _>>()?,
            style: row.as_chunks().0.iter().map(|x| f32::from_le_bytes(*x)).collect(),
            speed: 1.0,
            threads: 1,
            early: false,
            draft: false,
        };
        let speech = engine.synthesise(&job).map_err(|fault| format!("{fault:?}"))?;
        let frames = speech.frames.ok_or("the model tells no durations")?;
        for sample in speech.pcm {
            sound.write_all(&sample.to_le_bytes())?;
        }
        let frames: Vec<String> = frames.iter().map(u16::to_string).collect();
        println!("{}", frames.join(","));
    }
    Ok(sound.flush()?)
}
