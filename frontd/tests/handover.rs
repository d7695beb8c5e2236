//! Socket activation, as systemd does it: two servers on one listening socket, one after the other, and no request
//! that fails; readiness and stopping are told.

#![allow(clippy::unwrap_used)]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    os::{fd::OwnedFd, unix::net::UnixDatagram},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use harness::{environment, frontd};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(120);

#[test]
fn a_new_server_takes_over_the_socket_and_no_request_fails() {
    let dir = TempDir::new().unwrap();
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();

    // A connection that comes before any server waits and is answered.
    let early = thread::spawn(move || speak(address));
    let blue = Instance::start("blue", &socket, dir.path());
    blue.await_notice("READY=1");
    early.join().unwrap().unwrap();

    let (ending, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let listeners: Vec<_> = (0..3)
        .map(|_| {
            let (ending, done) = (Arc::clone(&ending), Arc::clone(&done));
            thread::spawn(move || {
                while !ending.load(Ordering::SeqCst) {
                    speak(address)?;
                    done.fetch_add(1, Ordering::SeqCst);
                }
                Ok::<_, String>(())
            })
        })
        .collect();
    await_more(&done, 5);
    let green = Instance::start("green", &socket, dir.path());
    green.await_notice("READY=1");
    await_more(&done, 5);
    blue.terminate();
    await_more(&done, 10);
    ending.store(true, Ordering::SeqCst);
    for listener in listeners {
        listener.join().unwrap().unwrap();
    }
    green.terminate();
}

#[test]
fn the_watchdog_is_told() {
    let dir = TempDir::new().unwrap();
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = Instance::start("watched", &socket, dir.path());
    server.await_notice("WATCHDOG=1");
    server.terminate();
}

/// A frontd that was handed a listening socket and tells what it does.
struct Instance {
    process: Child,
    /// What it tells, read at once as systemd does.
    notices: mpsc::Receiver<String>,
}

impl Instance {
    fn start(name: &str, socket: &TcpListener, dir: &Path) -> Self {
        let path = dir.join(format!("{name}.notify"));
        let notices = UnixDatagram::bind(&path).unwrap();
        let (tell, told) = mpsc::sync_channel(1000);
        // Ends with the test process.
        thread::spawn(move || {
            let mut notice = [0; 1024];
            while let Ok(length) = notices.recv(&mut notice) {
                let _ = tell.send(String::from_utf8_lossy(&notice[..length]).into_owned());
            }
        });
        let socket_path = dir.join(format!("{name}.sock"));
        let variables = [
            ("LISTEN_FDS", "1"),
            ("WATCHDOG_USEC", "200000"),
            ("NOTIFY_SOCKET", path.to_str().unwrap()),
            ("CONTROL_SOCKET", socket_path.to_str().unwrap()),
            ("WORKERS", "1"),
        ];
        // The shell knows the process id before the program runs, and puts the socket where systemd would.
        let script = "exec 3<&0 0</dev/null; export LISTEN_PID=$$ WATCHDOG_PID=$$; exec \"$0\" serve";
        let process = Command::new("sh")
            .args(["-c", script])
            .arg(frontd())
            .env_clear()
            .envs(environment(dir, &variables))
            .stdin(Stdio::from(OwnedFd::from(socket.try_clone().unwrap())))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self {
            process,
            notices: told,
        }
    }

    /// Waits until it tells this.
    fn await_notice(&self, notice: &str) {
        while !self.notices.recv_timeout(PATIENCE).unwrap().contains(notice) {}
    }

    /// SIGTERM, and a good end.
    fn terminate(mut self) {
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.process.id()).unwrap());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
        self.await_notice("STOPPING=1");
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // Already gone after a good test.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A response that is a whole chunked 200, or what was wrong.
fn speak(address: SocketAddr) -> Result<(), String> {
    let text = |error: std::io::Error| error.to_string();
    let mut stream = TcpStream::connect(address).map_err(text)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(text)?;
    let json = r#"{"model":"kokoro","input":"The quick brown fox jumps.","voice":"af_heart","response_format":"wav"}"#;
    let head = "POST /v1/audio/speech HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n";
    write!(stream, "{head}content-length: {}\r\n\r\n{json}", json.len()).map_err(text)?;
    let mut response = Vec::new();
    stream.read_to_end(&mut response).map_err(text)?;
    if response.starts_with(b"HTTP/1.1 200") && response.ends_with(b"\r\n0\r\n\r\n") {
        return Ok(());
    }
    Err(format!(
        "{} bytes: {}",
        response.len(),
        String::from_utf8_lossy(&response[..response.len().min(200)])
    ))
}

fn await_more(done: &AtomicU32, more: u32) {
    let target = done.load(Ordering::SeqCst) + more;
    while done.load(Ordering::SeqCst) < target {
        thread::sleep(Duration::from_millis(20));
    }
}
