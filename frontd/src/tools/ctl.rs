//! `frontd ctl`: the ops socket from the command line.

use std::{fmt::Write, path::Path, time::Duration};

use clap::Subcommand;

use crate::{
    control::{self, Answer, Request, Status},
    human,
    workers::lifecycle::WorkerId,
};

/// Between two looks while waiting.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What to ask a running server.
#[derive(Debug, Clone, Subcommand)]
pub enum CtlCommand {
    /// Show the workers, the queue and the rates
    Status {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Succeed when a request would be served now
    Health,
    /// Change the number of workers; retiring ones finish their job
    Scale {
        workers: usize,
        /// Return when that many are ready
        #[arg(long)]
        wait: bool,
    },
    /// Replace a worker, or all one after the other; each serves until its replacement is ready
    Recycle {
        /// The worker's id, or "all"
        worker: String,
    },
    /// Take no new requests, finish those under way, and end
    Drain,
}

/// Asks the server behind `socket` and returns what a person wants to read.
///
/// # Errors
/// No server, or one that says no.
pub async fn run(command: CtlCommand, socket: &Path) -> anyhow::Result<String> {
    let request = match &command {
        CtlCommand::Status { .. } => Request::Status,
        CtlCommand::Health => Request::Health,
        CtlCommand::Scale { workers, .. } => Request::Scale { workers: *workers },
        CtlCommand::Recycle { worker } if worker == "all" => Request::Recycle { worker: None },
        CtlCommand::Recycle { worker } => match worker.parse() {
            Ok(id) => Request::Recycle {
                worker: Some(WorkerId(id)),
            },
            Err(_) => anyhow::bail!("a worker is named by its number, or all of them by \"all\""),
        },
        CtlCommand::Drain => Request::Drain,
    };
    let text = match (ask(socket, &request).await?, &command) {
        (Answer::Status(status), CtlCommand::Status { json: true }) => serde_json::to_string_pretty(&status)?,
        (Answer::Status(status), _) => table(&status),
        (
            Answer::Done {
                recycled: Some(count),
                ..
            },
            _,
        ) => format!("{count} to be replaced"),
        (Answer::Done { .. }, _) => "ok".to_owned(),
        (Answer::Error { error }, _) => anyhow::bail!(error),
    };
    if let CtlCommand::Scale { workers, wait: true } = command {
        wait_for(socket, workers).await?;
    }
    Ok(text)
}

async fn ask(socket: &Path, request: &Request) -> anyhow::Result<Answer> {
    control::ask(socket, request).await.map_err(|error| {
        anyhow::anyhow!(
            "no server answers on {} ({error}); PORT or CONTROL_SOCKET names another",
            socket.display()
        )
    })
}

async fn wait_for(socket: &Path, workers: usize) -> anyhow::Result<()> {
    let mut tick = tokio::time::interval(LOOK_EVERY);
    loop {
        tick.tick().await;
        if let Answer::Status(status) = ask(socket, &Request::Status).await? {
            let fleet = status.fleet;
            if fleet.serving() == workers && fleet.workers.len() <= workers + fleet.spare {
                return Ok(());
            }
        }
    }
}

fn table(status: &Status) -> String {
    let Status {
        version,
        model,
        ready,
        draining,
        fleet,
        queue,
    } = status;
    let state = match (draining, ready) {
        (true, _) => "draining",
        (_, true) => "ready",
        (_, false) => "not ready",
    };
    let mut text = format!("Dexterous TTS {version}, {model}, {state}\n\n");
    text.push_str("worker      pid  state     jobs  private MB       age  kernels\n");
    for worker in &fleet.workers {
        let kernels = worker.kernels.as_deref().unwrap_or("-");
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{:>6} {:>8}  {:<8} {:>5}  {:>10}  {:>8}  {kernels}",
            worker.id.0,
            worker.pid,
            worker.state.as_str(),
            worker.jobs,
            worker.private_bytes >> 20,
            human::duration(Duration::from_secs(worker.age_s)).to_string(),
        );
    }
    let ended: Vec<String> = fleet
        .ended
        .iter()
        .map(|(reason, n)| format!("{} {n}", reason.as_str()))
        .collect();
    let ended = if ended.is_empty() {
        "none".to_owned()
    } else {
        ended.join(", ")
    };
    let _ = writeln!(
        text,
        "wanted {} and {} spare; ended: {ended}",
        fleet.target, fleet.spare
    );
    let _ = write!(
        text,
        "\nresponses {} ({} waiting), segments {} waiting and {} running\nexpected wait {}, real-time factor {:.3} a worker",
        queue.responses,
        queue.waiting,
        queue.segments,
        queue.running,
        human::duration(Duration::try_from_secs_f64(queue.expected_wait_s).unwrap_or_default()),
        queue.real_time_factor,
    );
    text
}
