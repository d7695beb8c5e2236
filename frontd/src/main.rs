//! `frontd`: logs, configuration, build, run, exit code.

use std::{
    io::{BufWriter, IsTerminal},
    net::TcpListener,
    path::Path,
    process::ExitCode,
};

use clap::Parser;
use frontd::{
    app::{self, App, AppError},
    cli::{Cli, Command},
    config::{Config, Log, LogFormat},
    human,
    model::{self, command::ModelCommand},
    systemd,
    text::{Dialect, TextFront},
    tools::{self, ctl::CtlCommand},
};
use tracing_subscriber::EnvFilter;

/// `EX_USAGE`: the configuration or the command line cannot be used.
const BAD_CONFIG: u8 = 64;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let (config, values) = match Config::from_environment() {
        Ok(read) => read,
        Err(faults) => {
            eprintln!("{faults}");
            return ExitCode::from(BAD_CONFIG);
        }
    };
    // Before any thread: it takes variables out of the environment.
    let inherited = match systemd::inherited_listener() {
        Ok(listener) => listener,
        Err(error) => return fail(&error.into()),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    let result = match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => runtime.block_on(serve(config, inherited)),
        Command::Speak {
            text,
            voice,
            speed,
            output,
        } => runtime.block_on(speak(config, &text, voice.as_deref(), speed, &output)),
        Command::Ctl(command) => runtime.block_on(ctl(&config, command)),
        Command::Phonemize { british, explain } => phonemize(&config, british, explain),
        Command::Model(command) => model(&config, &command),
        Command::CheckConfig => {
            values.iter().for_each(|(name, value)| println!("{name}={value}"));
            check(&config)
        }
    };
    // A text that is still being read must not hold the exit up.
    runtime.shutdown_background();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

/// What can be wrong beyond a variable's form: what files hold.
fn check(config: &Config) -> anyhow::Result<()> {
    let faults = config.text.lexicon_faults().join("\n");
    anyhow::ensure!(faults.is_empty(), "LEXICON_FILE:\n{faults}");
    Ok(app::check_default_voice(config)?)
}

async fn serve(config: Config, inherited: Option<TcpListener>) -> anyhow::Result<()> {
    init_log(&config.log);
    for (name, known) in &config.lookalikes {
        tracing::warn!("{name} is set and nothing reads it: is {known} meant?");
    }
    Ok(App::build(config, inherited).await?.run().await?)
}

async fn speak(
    config: Config,
    text: &str,
    voice: Option<&str>,
    speed: f32,
    output: &Path,
) -> anyhow::Result<()> {
    init_log(&Log {
        filter: "warn".to_owned(),
        ..config.log.clone()
    });
    let seconds = tools::speak::run(config, text, voice, speed, output).await?;
    println!("{}: {seconds:.2} s", output.display());
    Ok(())
}

async fn ctl(config: &Config, command: CtlCommand) -> anyhow::Result<()> {
    let socket = config.workers.control_socket(config.server.port);
    println!("{}", tools::ctl::run(command, &socket).await?);
    Ok(())
}

fn phonemize(config: &Config, british: bool, explain: bool) -> anyhow::Result<()> {
    let dialect = if british {
        Dialect::British
    } else {
        Dialect::American
    };
    let front = TextFront::new(config.text.front());
    let (input, output) = (std::io::stdin().lock(), BufWriter::new(std::io::stdout().lock()));
    Ok(tools::phonemize::run(
        &front,
        &app::voices(config),
        dialect,
        explain,
        input,
        output,
    )?)
}

fn model(config: &Config, command: &ModelCommand) -> anyhow::Result<()> {
    let right = model::command::run(command, &config.model.place(), &mut std::io::stdout())?;
    anyhow::ensure!(right, "a file is missing or wrong");
    Ok(())
}

fn init_log(log: &Log) {
    let filter = EnvFilter::try_new(&log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match log.format {
        LogFormat::Text => builder.with_target(false).init(),
        LogFormat::Json => builder.json().flatten_event(true).init(),
    }
}

fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("frontd: {}", human::causes(error.as_ref()));
    match error.downcast_ref() {
        Some(AppError::DefaultVoice(_)) => ExitCode::from(BAD_CONFIG),
        _ => ExitCode::FAILURE,
    }
}
