//! A locked-down process that tries: each forbidden act is done by a child, which is this test binary again.

use std::{
    env, fs,
    net::{TcpStream, UdpSocket},
    os::unix::process::{CommandExt, ExitStatusExt},
    process::{Command, ExitStatus},
};

use nix::sys::signal::Signal;
use workerd::jail;

const ACT: &str = "JAIL_TEST_ACT";
const REFUSED: i32 = 41;
const DONE: i32 = 42;

/// Runs as a test of its own only inside the child.
#[test]
fn child() {
    let Ok(act) = env::var(ACT) else { return };
    jail::at_start(None, None, None).expect("lock at start");
    if act == "write while loading" {
        finish(fs::write(env::temp_dir().join("jail-test"), b"x").is_ok());
    }
    let missing = jail::when_loaded().expect("lock when loaded");
    assert!(missing.is_empty() || !jail::landlock_is_there(), "{missing:?}");
    match act.as_str() {
        "compute" => {
            let sum: u64 = std::thread::spawn(|| (0..1000u64).sum())
                .join()
                .expect("a thread");
            println!("{sum}");
            finish(true)
        }
        "open" => finish(fs::read("/etc/passwd").is_ok()),
        "write" => finish(fs::write(env::temp_dir().join("jail-test"), b"x").is_ok()),
        "tcp" => finish(TcpStream::connect("127.0.0.1:9").is_ok()),
        "udp" => finish(UdpSocket::bind("127.0.0.1:0").is_ok()),
        "exec" => finish(Command::new("/bin/true").exec().kind() != std::io::ErrorKind::PermissionDenied),
        "ptrace" => finish(nix::sys::ptrace::traceme().is_ok()),
        "privileges" => {
            finish(!nix::sys::prctl::get_no_new_privs().expect("readable"));
        }
        other => panic!("no such act: {other}"),
    }
}

fn finish(could: bool) -> ! {
    std::process::exit(if could { DONE } else { REFUSED })
}

fn attempt(act: &str) -> ExitStatus {
    Command::new(env::current_exe().expect("this test"))
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env(ACT, act)
        .status()
        .expect("a child")
}

#[test]
fn computing_still_works() {
    assert_eq!(attempt("compute").code(), Some(DONE));
}

#[test]
fn files_cannot_be_opened() {
    assert_eq!(attempt("open").code(), Some(REFUSED));
    assert_eq!(attempt("write").code(), Some(REFUSED));
}

#[test]
fn nothing_is_written_while_loading() {
    if !jail::landlock_is_there() {
        harness::skip("this kernel has no landlock");
        return;
    }
    assert_eq!(attempt("write while loading").code(), Some(REFUSED));
}

#[test]
fn sockets_programs_and_tracing_are_deadly() {
    for act in ["tcp", "udp", "exec", "ptrace"] {
        assert_eq!(attempt(act).signal(), Some(Signal::SIGSYS as i32), "{act}");
    }
}

#[test]
fn privileges_cannot_be_gained() {
    assert_eq!(attempt("privileges").code(), Some(REFUSED));
}
