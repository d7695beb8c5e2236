//! A running server, its client, and the means to break it.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Read, Write as _},
    net::TcpStream,
    os::unix::{fs::PermissionsExt, net::UnixStream},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;

use tempfile::TempDir;

use crate::{environment, frontd};

/// How long anything may take before a test counts as failed.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks at whether something has happened.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// A frontd process of its own, killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    pub url: String,
    pub folder: TempDir,
    /// Kept open, so that the server never writes to nobody.
    _said: BufReader<ChildStdout>,
}

impl Server {
    /// Starts a server with the built-in voice and waits until it is ready.
    pub fn start(variables: &[(&str, &str)]) -> Self {
        Self::start_in(TempDir::new().unwrap(), variables)
    }

    pub fn start_in(folder: TempDir, variables: &[(&str, &str)]) -> Self {
        let mut child = Self::command(folder.path(), variables)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let url = said
            .by_ref()
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.split_once("listens on ").map(|(_, url)| url.to_owned()))
            .expect("the server said where it listens");
        Self {
            child,
            url,
            folder,
            _said: said,
        }
    }

    /// The command that starts a server in `folder`.
    #[must_use]
    pub fn command(folder: &Path, variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new(frontd());
        command.env_clear().envs(environment(folder, variables));
        command
    }

    pub fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap())
    }

    /// Asks for speech; returns the reader of the body.
    pub fn speak(&self, body: &Value) -> Result<Box<dyn Read + Send>, ureq::Error> {
        let request = agent().post(format!("{}/v1/audio/speech", self.url));
        let response = request.content_type("application/json").send(body.to_string())?;
        assert_eq!(response.status(), 200);
        Ok(Box::new(response.into_body().into_reader()))
    }

    /// A whole response, which must be one.
    pub fn speech(&self, body: &Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.speak(body)
            .expect("an answer")
            .read_to_end(&mut bytes)
            .expect("a whole answer");
        bytes
    }

    /// Status and body of any answer.
    pub fn post(&self, path: &str, body: &str) -> (u16, String, BTreeMap<String, String>) {
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

    /// The JSON behind a path.
    pub fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.get(path).1).unwrap()
    }

    pub fn get(&self, path: &str) -> (u16, String) {
        let mut response = agent().get(format!("{}{path}", self.url)).call().unwrap();
        (
            response.status().as_u16(),
            response.body_mut().read_to_string().unwrap_or_default(),
        )
    }

    /// Sends bytes and returns all that comes back until the server closes.
    pub fn raw(&self, request: &str) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://")).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // A connection that is reset has said all that it will.
        let _ = stream.read_to_end(&mut answer);
        answer
    }

    /// Runs `frontd ctl …` against this server.
    pub fn ctl(&self, arguments: &[&str]) -> String {
        let mut command = Self::command(self.folder.path(), &[]);
        let output = command.arg("ctl").args(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// What the ops socket tells.
    pub fn status(&self) -> Value {
        let mut socket = UnixStream::connect(self.folder.path().join("control.sock")).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.write_all(b"{\"do\":\"status\"}\n").unwrap();
        let mut answer = String::new();
        BufReader::new(socket).read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap()
    }

    /// Pids of the workers, by what frontd says.
    pub fn workers(&self) -> Vec<Pid> {
        let status = self.status();
        let workers = status["fleet"]["workers"].as_array().unwrap();
        workers
            .iter()
            .map(|worker| Pid::from_raw(i32::try_from(worker["pid"].as_i64().unwrap()).unwrap()))
            .collect()
    }

    /// Waits until the status is as `wanted`.
    pub fn wait_for(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            let status = self.status();
            if wanted(&status) {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "never {what}: {status:#}");
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// Waits until the only worker is ready and another than `old`.
    pub fn wait_until_replaced(&self, old: Pid) {
        self.wait_for("replaced", |status| {
            let workers = status["fleet"]["workers"].as_array().unwrap();
            workers.len() == 1 && workers[0]["pid"] != old.as_raw() && workers[0]["state"] == "ready"
        });
    }

    /// All wanted workers are idle.
    pub fn wait_until_quiet(&self) -> Value {
        self.wait_for("quiet", |status| {
            let fleet = &status["fleet"];
            let workers = fleet["workers"].as_array().unwrap();
            workers.len() as u64 == fleet["target"]
                && workers.iter().all(|worker| worker["state"] == "ready")
                && status["queue"]["responses"] == 0
        })
    }

    /// A metric's value, summed over its labels unless `name` has some, as `/metrics` writes them; a counter that was never
    /// counted is 0.
    pub fn metric(&self, name: &str) -> f64 {
        let (_, text) = self.get("/metrics");
        let lines = text.lines().filter(|line| {
            [
                line.split(['{', ' ']).next(),
                line.rsplit_once(' ').map(|(series, _)| series),
            ]
            .contains(&Some(name))
        });
        lines
            .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
            .sum()
    }

    pub fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).unwrap();
    }

    /// Waits for the end and returns the exit code.
    pub fn wait(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// Open files, children, threads and private memory in bytes of frontd.
    pub fn holdings(&self) -> Holdings {
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
pub struct Holdings {
    pub files: usize,
    pub children: usize,
    pub sockets: usize,
    pub memory: u64,
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
pub fn children(parent: Pid) -> Vec<Pid> {
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

/// Writes an executable script.
pub fn script(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Whether a condition came true in time.
#[must_use]
pub fn eventually(mut condition: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while !condition() {
        if start.elapsed() > PATIENCE {
            return false;
        }
        std::thread::sleep(LOOK_EVERY);
    }
    true
}
