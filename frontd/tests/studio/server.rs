//! The real server with its workers and the built-in voice, as its own process.

use std::{
    io::{BufRead, BufReader, Lines},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(30);

/// A running server; killed, with its workers, at the end of the test.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
    /// Kept open, so that the server never writes to nobody.
    _said: Lines<BufReader<ChildStdout>>,
    _folder: tempfile::TempDir,
}

impl Server {
    /// `None`, with a sentence, where ONNX Runtime is not at hand.
    pub(crate) fn start(settings: &[(&str, &str)]) -> Option<Self> {
        let Some(runtime) = onnx_runtime() else {
            println!(
                "skipped: there is no libonnxruntime.so (ops/test gets it, or name it with ORT_DYLIB_PATH)"
            );
            return None;
        };
        let frontd = PathBuf::from(env!("CARGO_BIN_EXE_frontd"));
        let workerd = frontd.with_file_name("workerd");
        assert!(
            workerd.is_file(),
            "build the workers first: cargo build --workspace"
        );
        let folder = tempfile::tempdir().unwrap();
        let inside = |name: &str| folder.path().join(name);
        let mut child = Command::new(frontd)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs([
                ("MODEL", "builtin"),
                ("PORT", "0"),
                ("WORKERS", "2"),
                ("LOG", "warn"),
            ])
            .env("ORT_DYLIB_PATH", runtime)
            .env("CONTROL_SOCKET", inside("control.sock"))
            .env("RUN_DIR", inside("run"))
            .env("OUTPUT_DIR", inside("output"))
            .env("TEMP_DIR", inside("temp"))
            .env("MODEL_DIR", inside("models"))
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = said.by_ref().map_while(Result::ok).find_map(|line| {
            line.split_once("http://")
                .map(|(_, rest)| format!("http://{}", rest.split_whitespace().next().unwrap_or_default()))
        });
        let server = Self {
            child,
            address: address.expect("the server tells its address"),
            _said: said,
            _folder: folder,
        };
        server.until("ready", |server| {
            ureq::get(&format!("{}/health/ready", server.address))
                .call()
                .is_ok()
        });
        Some(server)
    }

    pub(crate) fn json(&self, path: &str) -> Value {
        let mut answer = ureq::get(&format!("{}{path}", self.address)).call().unwrap();
        serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap()
    }

    /// The whole sound of a request, made without the page.
    pub(crate) fn speech(&self, request: &Value) -> Vec<u8> {
        let mut answer = ureq::post(&format!("{}/v1/audio/speech", self.address))
            .header("Content-Type", "application/json")
            .send(request.to_string())
            .unwrap();
        answer
            .body_mut()
            .with_config()
            .limit(1 << 30)
            .read_to_vec()
            .unwrap()
    }

    pub(crate) fn until(&self, what: &str, is: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !is(self) {
            assert!(begun.elapsed() < PATIENCE, "the server never became: {what}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The processes of the workers.
    pub(crate) fn workers(&self) -> Vec<i32> {
        let me = self.child.id().to_string();
        let all = std::fs::read_dir("/proc").unwrap().flatten();
        all.filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            // pid (name) state parent …
            let (name, rest) = stat.rsplit_once(") ")?;
            (name.ends_with("(workerd") && rest.split(' ').nth(1) == Some(me.as_str())).then_some(pid)
        })
        .collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn onnx_runtime() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.cache/onnxruntime/libonnxruntime.so");
    let named = std::env::var_os("ORT_DYLIB_PATH").map(PathBuf::from);
    [named, Some(root)]
        .into_iter()
        .flatten()
        .find(|path| path.is_file())
}
