//! A running server, its client, and the means to break it.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Read},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long anything may take before a test counts as failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The real workerd, which lies beside frontd.
pub(crate) fn workerd() -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_frontd")).with_file_name("workerd");
    assert!(
        path.exists(),
        "{} is missing: cargo build -p workerd",
        path.display()
    );
    path
}

/// A frontd process of its own, killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
    pub(crate) folder: TempDir,
}

impl Server {
    /// Starts a server with the built-in voice and waits until it is ready.
    pub(crate) fn start(variables: &[(&str, &str)]) -> Self {
        Self::start_in(TempDir::new().unwrap(), variables)
    }

    pub(crate) fn start_in(folder: TempDir, variables: &[(&str, &str)]) -> Self {
        let mut child = Self::command(folder.path(), variables)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines
            .find_map(|line| {
                line.unwrap()
                    .split_once("listens on ")
                    .map(|(_, url)| url.to_owned())
            })
            .expect("the server said where it listens");
        Self { child, url, folder }
    }

    /// The command that starts a server in `folder`.
    pub(crate) fn command(folder: &Path, variables: &[(&str, &str)]) -> Command {
        let mut all: BTreeMap<&str, String> = [
            ("HOST", "127.0.0.1".to_owned()),
            ("PORT", "0".to_owned()),
            ("MODEL", "builtin".to_owned()),
            ("WORKERS", "2".to_owned()),
            ("LOG_LEVEL", "warn".to_owned()),
            // A test that says something again wants it made again.
            ("SEGMENT_CACHE_MB", "0".to_owned()),
            (
                "ORT_DYLIB_PATH",
                std::env::var("ORT_DYLIB_PATH").expect("ORT_DYLIB_PATH: run ops/test"),
            ),
            ("PATH", std::env::var("PATH").unwrap_or_default()),
        ]
        .into();
        for (variable, name) in [
            ("MODEL_DIR", "models"),
            ("OUTPUT_DIR", "output"),
            ("TEMP_DIR", "temp"),
            ("RUN_DIR", "run"),
            ("CONTROL_SOCKET", "control.sock"),
        ] {
            all.insert(variable, folder.join(name).display().to_string());
        }
        for (name, value) in variables {
            all.insert(name, (*value).to_owned());
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_frontd"));
        command.env_clear().envs(all);
        command
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap())
    }

    /// Asks for speech; returns the reader of the body.
    pub(crate) fn speak(&self, body: &Value) -> Result<Box<dyn Read + Send>, ureq::Error> {
        let request = agent().post(format!("{}/v1/audio/speech", self.url));
        let response = request.content_type("application/json").send(body.to_string())?;
        assert_eq!(response.status(), 200);
        Ok(Box::new(response.into_body().into_reader()))
    }

    /// A whole response, which must be one.
    pub(crate) fn speech(&self, body: &Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.speak(body)
            .expect("an answer")
            .read_to_end(&mut bytes)
            .expect("a whole answer");
        bytes
    }

    /// Status and body of any answer.
    pub(crate) fn post(&self, path: &str, body: &str) -> (u16, String, BTreeMap<String, String>) {
        let request = agent()
            .post(format!("{}{path}", self.url))
            .content_type("application/json");
        let mut response = request.send(body).unwrap();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
            .collect();
        (
            response.status().as_u16(),
            response.body_mut().read_to_string().unwrap_or_default(),
            headers,
        )
    }

    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        let mut response = agent().get(format!("{}{path}", self.url)).call().unwrap();
        (
            response.status().as_u16(),
            response.body_mut().read_to_string().unwrap_or_default(),
        )
    }

    /// Runs `frontd ctl …` against this server.
    pub(crate) fn ctl(&self, arguments: &[&str]) -> String {
        let mut command = Self::command(self.folder.path(), &[]);
        let output = command.arg("ctl").args(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn status(&self) -> Value {
        serde_json::from_str(&self.ctl(&["status", "--json"])).unwrap()
    }

    /// Pids of the workers, by what frontd says.
    pub(crate) fn workers(&self) -> Vec<Pid> {
        let status = self.status();
        let workers = status["fleet"]["workers"].as_array().unwrap();
        workers
            .iter()
            .map(|worker| Pid::from_raw(i32::try_from(worker["pid"].as_i64().unwrap()).unwrap()))
            .collect()
    }

    /// Waits until the status is as `wanted`.
    pub(crate) fn wait_for(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            let status = self.status();
            if wanted(&status) {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "never {what}: {status:#}");
        }
    }

    /// All wanted workers are idle.
    pub(crate) fn wait_until_quiet(&self) -> Value {
        self.wait_for("quiet", |status| {
            let fleet = &status["fleet"];
            let workers = fleet["workers"].as_array().unwrap();
            workers.len() as u64 == fleet["target"]
                && workers.iter().all(|worker| worker["state"] == "ready")
                && status["queue"]["responses"] == 0
        })
    }

    /// A metric's value; a counter that was never counted is 0.
    pub(crate) fn metric(&self, name: &str) -> f64 {
        let (_, text) = self.get("/metrics");
        let lines = text
            .lines()
            .filter(|line| line.split(['{', ' ']).next() == Some(name));
        lines
            .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
            .sum()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).unwrap();
    }

    /// Waits for the end and returns the exit code.
    pub(crate) fn wait(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// Open files, children, threads and private memory in bytes of frontd.
    pub(crate) fn holdings(&self) -> Holdings {
        let proc = PathBuf::from(format!("/proc/{}", self.pid()));
        let status = fs::read_to_string(proc.join("status")).unwrap();
        let number = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()
        };
        Holdings {
            files: fs::read_dir(proc.join("fd")).unwrap().count(),
            children: children(self.pid()).len(),
            sockets: fs::read_dir(self.folder.path().join("run"))
                .unwrap()
                .flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap())
                .count(),
            memory: number("RssAnon:") * 1024,
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Holdings {
    pub(crate) files: usize,
    pub(crate) children: usize,
    pub(crate) sockets: usize,
    pub(crate) memory: u64,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE * 5));
    config.build().into()
}

/// Pids of the children of a process, zombies included.
pub(crate) fn children(parent: Pid) -> Vec<Pid> {
    let tasks = fs::read_dir(format!("/proc/{parent}/task"))
        .into_iter()
        .flatten()
        .flatten();
    let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    lists
        .flat_map(|list| {
            list.split_whitespace()
                .filter_map(|pid| pid.parse().ok())
                .map(Pid::from_raw)
                .collect::<Vec<_>>()
        })
        .collect()
}

/// A request for WAV with the fields that tests vary.
pub(crate) fn wav(text: &str) -> Value {
    json!({ "model": "kokoro", "input": text, "voice": "af_heart", "response_format": "wav" })
}

/// English prose of `sentences` sentences, no part of which comes twice early on, whatever the cuts.
pub(crate) fn prose(sentences: usize) -> String {
    const SUBJECTS: [&str; 7] = [
        "The keeper",
        "A small boat",
        "Her brother",
        "The old bell",
        "Nobody",
        "The fog",
        "A stranger",
    ];
    const VERBS: [&str; 5] = [
        "waited for",
        "remembered",
        "moved slowly past",
        "could not find",
        "never asked about",
    ];
    const OBJECTS: [&str; 9] = [
        "the light",
        "the harbour wall",
        "a letter from home",
        "the northern road",
        "the empty house",
        "that long winter",
        "the silver coin",
        "a song without words",
        "the last train",
    ];
    const STATES: [&str; 11] = [
        "lost",
        "near",
        "cold",
        "forgotten",
        "silent",
        "golden",
        "broken",
        "waiting",
        "ready",
        "gone",
        "new",
    ];
    (0..sentences)
        .map(|i| {
            format!(
                "{} {} {}, and {} was {}.",
                SUBJECTS[i % 7],
                VERBS[i % 5],
                OBJECTS[i % 9],
                OBJECTS[(i + 4) % 9],
                STATES[i % 11]
            )
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Writes an executable script.
pub(crate) fn script(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Whether a condition came true in time.
pub(crate) fn eventually(mut condition: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while !condition() {
        if start.elapsed() > PATIENCE {
            return false;
        }
        std::thread::yield_now();
    }
    true
}
