//! espeak-ng as a child process that lives on: words in on one pipe, IPA out on the other.
//!
//! Each word is asked behind a [`LEAD`] whose sound is known: so an answer can be told from what an earlier word
//! left behind, and little words keep the weak form that they have inside a sentence. A child that does not
//! answer in time is killed and reaped; after two failures in a row it rests a while and the caller falls back
//! to rules.

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Mutex, PoisonError,
        mpsc::{Receiver, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use crate::text::Dialect;

/// A plain word that changes nothing in the next.
const LEAD: &str = "zoo";
/// How long a word may take; usually well under a millisecond.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a failing program is left alone.
const REST: Duration = Duration::from_secs(30);
/// The longest answer that is read, in bytes.
const LONGEST_LINE: u64 = 16 * 1024;
/// How many lines may wait to be read.
const MOST_LINES: usize = 64;

#[derive(Debug)]
pub(super) struct Espeak {
    program: PathBuf,
    voice: &'static str,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: Option<Running>,
    rests_until: Option<Instant>,
}

/// Killed and reaped when dropped.
#[derive(Debug)]
struct Running {
    child: Child,
    words: ChildStdin,
    lines: Receiver<String>,
    /// What the lead sounds like.
    lead: String,
}

impl Espeak {
    pub(super) fn new(program: PathBuf, dialect: Dialect) -> Self {
        Self {
            program,
            voice: match dialect {
                Dialect::American => "en-us",
                Dialect::British => "en-gb",
            },
            state: Mutex::default(),
        }
    }

    /// The IPA of `word`, with `^` between the parts of one sound; `None` if the program is absent or failing.
    pub(super) fn say(&self, word: &str) -> Option<String> {
        if word.contains(char::is_control) {
            return None;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.rests_until.is_some_and(|until| Instant::now() < until) {
            return None;
        }
        for _ in 0..2 {
            if state.running.is_none() {
                state.running = Running::start(&self.program, self.voice);
            }
            let answer = state.running.as_mut().and_then(|running| running.ask(word));
            if answer.is_some() {
                return answer;
            }
            state.running = None;
        }
        tracing::warn!(program = %self.program.display(), "espeak-ng does not answer; unknown words are read by rules");
        state.rests_until = Some(Instant::now() + REST);
        None
    }
}

impl Running {
    fn start(program: &PathBuf, voice: &str) -> Option<Self> {
        let mut child = Command::new(program)
            .args(["-q", "--ipa", "--tie=^", "-v", voice])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let (Some(words), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            end(&mut child);
            return None;
        };
        let (sender, lines) = sync_channel(MOST_LINES);
        let reader = thread::Builder::new().name("espeak-ng".to_owned());
        let read = reader.spawn(move || {
            let mut output = BufReader::new(output);
            loop {
                let mut line = Vec::new();
                match output.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line) {
                    Ok(1..) => {}
                    _ => return,
                }
                if sender
                    .send(String::from_utf8_lossy(&line).trim().to_owned())
                    .is_err()
                {
                    return;
                }
            }
        });
        let mut running = Self {
            child,
            words,
            lines,
            lead: String::new(),
        };
        read.ok()?;
        running.lead = running.line(LEAD, Instant::now() + PATIENCE)?;
        (!running.lead.is_empty()).then_some(running)
    }

    fn ask(&mut self, word: &str) -> Option<String> {
        let deadline = Instant::now() + PATIENCE;
        let mut line = self.line(&format!("{LEAD} {word}"), deadline)?;
        for _ in 0..MOST_LINES {
            if let Some(answer) = line.strip_prefix(&self.lead) {
                return Some(answer.trim().to_owned());
            }
            line = self.receive(deadline)?;
        }
        None
    }

    fn line(&mut self, words: &str, deadline: Instant) -> Option<String> {
        self.words.write_all(format!("{words}\n").as_bytes()).ok()?;
        self.receive(deadline)
    }

    fn receive(&mut self, deadline: Instant) -> Option<String> {
        let left = deadline.saturating_duration_since(Instant::now());
        self.lines.recv_timeout(left).ok()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

fn end(child: &mut Child) {
    // Both fail only where the child is gone already.
    let _ = child.kill();
    let _ = child.wait();
}
