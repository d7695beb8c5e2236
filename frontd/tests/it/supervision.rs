//! Workers that end, for every reason there is.

use std::{
    io::Read,
    time::{Duration, Instant},
};

use nix::sys::signal::{Signal, kill};
use serde_json::Value;

use harness::{PATIENCE, Server, children, eventually, prose, wav};

fn ended(status: &Value, reason: &str) -> u64 {
    status["fleet"]["ended"][reason].as_u64().unwrap_or(0)
}

#[test]
fn a_killed_worker_is_back_soon() {
    let server = Server::start(&[("WORKERS", "1")]);
    let mut times = Vec::new();
    for _ in 0..5 {
        let old = server.workers()[0];
        let start = Instant::now();
        kill(old, Signal::SIGKILL).unwrap();
        server.wait_until_replaced(old);
        times.push(start.elapsed());
    }
    times.sort();
    println!("SIGKILL to ready: {times:?}");
    // 0.3 s on a quiet machine; tests share theirs.
    assert!(times[2] < Duration::from_secs(2), "{times:?}");
    assert_eq!(ended(&server.status(), "killed"), 5);
}

#[test]
fn a_spare_worker_takes_the_place_of_a_dead_one_and_is_replaced() {
    let server = Server::start(&[("WORKERS", "1"), ("SPARE_WORKERS", "1")]);
    let all_ready = |status: &Value| {
        let workers = status["fleet"]["workers"].as_array().unwrap();
        workers.len() == 2 && workers.iter().all(|worker| worker["state"] == "ready")
    };
    let serving = || server.json("/health")["workers"]["serving"].clone();
    server.wait_for("two ready", all_ready);
    assert_eq!(serving(), 1);
    server.speech(&wav("Hello there."));
    let jobs = |status: &Value| -> Vec<u64> {
        let workers = status["fleet"]["workers"].as_array().unwrap();
        workers
            .iter()
            .map(|worker| worker["jobs"].as_u64().unwrap())
            .collect()
    };
    assert_eq!(jobs(&server.status()), [1, 0], "the spare one had work");
    let [old, spare] = server.workers()[..] else {
        panic!("two workers")
    };
    kill(old, Signal::SIGKILL).unwrap();
    server.speech(&wav("Here it is again."));
    let status = server.wait_for("two ready again", all_ready);
    assert_eq!(jobs(&status), [1, 0]);
    assert_eq!(server.workers()[0], spare);
    // It is one more, however many there are.
    server.ctl(&["scale", "2", "--wait"]);
    server.wait_for("three", |status| jobs(status).len() == 3);
    server.ctl(&["recycle", "all"]);
    server.wait_for("three others", |status| {
        ended(status, "recycled") == 3 && jobs(status).len() == 3
    });
    server.ctl(&["scale", "1", "--wait"]);
    server.wait_for("two ready", all_ready);
}

#[test]
fn killing_every_worker_at_once_loses_no_request() {
    let server = Server::start(&[("WORKERS", "3")]);
    let text = prose(30);
    let expected = server.speech(&wav(&text));
    std::thread::scope(|scope| {
        let listeners: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| server.speech(&wav(&text))))
            .collect();
        for _ in 0..5 {
            server.wait_for("served", |status| {
                let workers = status["fleet"]["workers"].as_array().unwrap();
                listeners.iter().all(|listener| listener.is_finished())
                    || workers.iter().any(|worker| worker["state"] == "busy")
            });
            for worker in server.workers() {
                let _ = kill(worker, Signal::SIGKILL);
            }
        }
        for listener in listeners {
            assert_eq!(listener.join().unwrap(), expected);
        }
    });
}

#[test]
fn a_stopped_worker_is_found_though_it_is_idle_or_busy() {
    let server = Server::start(&[("WORKERS", "1")]);
    let text = prose(5);
    let expected = server.speech(&wav(&text));
    kill(server.workers()[0], Signal::SIGSTOP).unwrap();
    assert_eq!(server.speech(&wav(&text)), expected);
    assert_eq!(ended(&server.status(), "killed"), 1);
}

#[test]
fn scaling_and_recycling_while_serving_cut_nothing() {
    let server = Server::start(&[]);
    let text = prose(80);
    let expected = server.speech(&wav(&text));
    std::thread::scope(|scope| {
        let listeners: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| server.speech(&wav(&text))))
            .collect();
        for workers in ["4", "1", "3", "2"] {
            server.ctl(&["scale", workers, "--wait"]);
            server.ctl(&["recycle", "all"]);
        }
        for listener in listeners {
            assert_eq!(listener.join().unwrap(), expected);
        }
    });
    let status = server.wait_until_quiet();
    assert!(ended(&status, "scaled") >= 3, "{status:#}");
    assert_eq!(
        ended(&status, "crash") + ended(&status, "hang") + ended(&status, "killed"),
        0,
        "{status:#}"
    );
}

#[test]
fn a_worn_out_worker_is_replaced() {
    let server = Server::start(&[("WORKERS", "1"), ("WORKER_MAX_JOBS", "3")]);
    server.wait_for("recycled twice", |status| {
        server.speech(&wav("Hello there."));
        ended(status, "recycled") >= 2
    });
}

fn held_bytes(status: &Value) -> u64 {
    status["fleet"]["workers"][0]["private_bytes"]
        .as_u64()
        .unwrap_or(0)
}

#[test]
fn a_worker_over_its_memory_is_replaced() {
    let text = prose(40);
    // What a worker holds is the machine's to say: the limit lies below it, and above two thirds of it, where a worker is
    // killed in its job.
    let held_mb = {
        let server = Server::start(&[("WORKERS", "1")]);
        server.speech(&wav(&text));
        let status = server.wait_for("measured", |status| held_bytes(status) > 0);
        held_bytes(&status) >> 20
    };
    let limit_mb = (held_mb * 5 / 6).to_string();
    let server = Server::start(&[("WORKERS", "1"), ("WORKER_MEMORY_MB", &limit_mb)]);
    for _ in 0..3 {
        assert!(server.speech(&wav(&text)).len() > 100_000);
    }
    server.wait_for("replaced for its memory", |status| ended(status, "memory") >= 1);
}

#[test]
fn sigterm_finishes_what_is_under_way_and_leaves_nobody_behind() {
    // However long the machine takes for it.
    let server = Server::start(&[("DRAIN", "1h")]);
    let text = prose(100);
    let expected = server.speech(&wav(&text));
    let workers = server.workers();
    let mut body = server.speak(&wav(&text)).unwrap();
    let mut bytes = vec![0; 4096];
    body.read_exact(&mut bytes).unwrap();
    server.signal(Signal::SIGTERM);
    body.read_to_end(&mut bytes).expect("the response is finished");
    assert_eq!(bytes, expected);
    assert_eq!(server.wait(), Some(0));
    for worker in workers {
        assert!(kill(worker, None).is_err(), "{worker} is still there");
    }
}

#[test]
fn a_second_sigterm_ends_it_at_once() {
    let server = Server::start(&[("DRAIN_SECONDS", "3000")]);
    let mut body = server.speak(&wav(&prose(2000))).unwrap();
    body.read_exact(&mut [0; 4096]).unwrap();
    server.signal(Signal::SIGTERM);
    // The first one is being acted on when readiness is gone.
    assert!(eventually(|| std::net::TcpStream::connect(
        server.url.trim_start_matches("http://")
    )
    .is_err()));
    server.signal(Signal::SIGTERM);
    let start = Instant::now();
    assert_eq!(server.wait(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(8));
    assert!(
        body.read_to_end(&mut Vec::new()).is_err(),
        "a body that is cut off must not look whole"
    );
}

#[test]
fn no_worker_outlives_a_killed_frontd() {
    let server = Server::start(&[]);
    let mut body = server.speak(&wav(&prose(1000))).unwrap();
    body.read_exact(&mut [0; 4096]).unwrap();
    let workers = server.workers();
    // A stopped worker cannot notice a closed socket.
    kill(workers[0], Signal::SIGSTOP).unwrap();
    server.signal(Signal::SIGKILL);
    let _ = server.wait();
    for worker in workers {
        assert!(
            eventually(|| kill(worker, None).is_err()),
            "{worker} is still there"
        );
    }
}

#[test]
fn a_client_that_leaves_frees_its_worker() {
    let server = Server::start(&[("WORKERS", "1")]);
    let mut body = server.speak(&wav(&prose(2000))).unwrap();
    body.read_exact(&mut [0; 4096]).unwrap();
    let start = Instant::now();
    drop(body);
    server.wait_until_quiet();
    println!("left to quiet: {:?}", start.elapsed());
    assert!(server.metric("tts_cancelled_total") >= 1.0);
}

#[test]
fn drain_by_the_operator_ends_the_server() {
    let server = Server::start(&[]);
    server.ctl(&["drain"]);
    assert_eq!(server.wait(), Some(0));
}

#[test]
fn the_ops_socket_is_for_this_user_and_refuses_nonsense() {
    use std::{io::Write, os::unix::fs::PermissionsExt, os::unix::net::UnixStream};
    let server = Server::start(&[]);
    let path = server.folder.path().join("control.sock");
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let mut stream = UnixStream::connect(&path).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    for (request, wanted) in [
        ("nonsense", "this is no request"),
        (r#"{"do":"scale","workers":0}"#, "1 to 64"),
        (r#"{"do":"recycle","worker":999}"#, "no worker 999"),
        (r#"{"do":"health"}"#, r#"{"ok":true}"#),
    ] {
        writeln!(stream, "{request}").unwrap();
        let mut answer = [0; 4096];
        let n = stream.read(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer[..n]).into_owned();
        assert!(answer.contains(wanted), "{request}: {answer}");
    }
}

/// How often the threads of a process have slept and were woken up, and for how long they were on a core.
fn cost(pid: nix::unistd::Pid) -> (u64, Duration) {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let each = tasks.map(|task| {
        let read = |file: &str| {
            std::fs::read_to_string(task.as_ref().unwrap().path().join(file)).unwrap_or_default()
        };
        let (status, schedstat) = (read("status"), read("schedstat"));
        let mut lines = status.lines();
        let wakes = lines.find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        let nanoseconds = schedstat.split(' ').next().unwrap_or_default().parse().unwrap();
        (
            wakes.map_or(0, |n| n.trim().parse().unwrap()),
            Duration::from_nanos(nanoseconds),
        )
    });
    each.fold((0, Duration::ZERO), |all, one| (all.0 + one.0, all.1 + one.1))
}

#[test]
fn an_idle_tree_costs_almost_nothing() {
    let server = Server::start(&[]);
    server.speech(&wav("Hello there."));
    server.wait_until_quiet();
    let costs = || {
        let tree = std::iter::once(server.pid()).chain(children(server.pid()));
        tree.map(cost)
            .fold((0, Duration::ZERO), |all, one| (all.0 + one.0, all.1 + one.1))
    };
    // It ends before the rest that a worker takes ten seconds after its last job.
    let (before, window) = (costs(), Duration::from_secs(5));
    std::thread::sleep(window); // The measurement is of this time.
    let after = costs();
    let (wakes, computed) = (after.0 - before.0, after.1 - before.1);
    println!("idle: {wakes} wake-ups and {computed:?} of a core in {window:?}");
    // Wake-ups are what we decide, so their limit is twice what it takes. What one costs is the machine's and the build's.
    assert!(wakes <= 130, "{wakes} wake-ups");
    assert!(computed <= window / 100, "{computed:?} of a core");
}
