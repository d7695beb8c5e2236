//! The parts of a running server, wired.
//!
//! `Config` → [`App::build`] → [`App::run`]: sockets are bound before anything is announced, and everything that was
//! started is ended and waited for before `run` returns ([`Ending`]).

mod switch;

use std::{
    fs, io,
    net::{SocketAddr, TcpListener},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use futures::future::{FusedFuture as _, FutureExt as _};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
    task::JoinHandle,
};
use tokio_util::task::TaskTracker;

use crate::{
    config::Config,
    control,
    ending::Ending,
    generation::Generator,
    http, human, metrics as names,
    model::choose::{self, ChooseError, Chosen},
    scheduler::{Scheduler, cache::Cache},
    service::Service,
    store::Store,
    systemd,
    text::TextFront,
    voices::{Model, Settings, VoiceError, Voices},
    workers::{self, Order, Setup, lifecycle::Policy, process::Program},
};

/// Why the server cannot start, or ended by itself.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("cannot listen on {address}: {source}")]
    Bind { address: SocketAddr, source: io::Error },
    #[error("the socket that was handed over cannot be used: {0}")]
    Inherited(#[source] io::Error),
    #[error("cannot make the folder {path} for the sockets: {source}", path = path.display())]
    RunDir { path: PathBuf, source: io::Error },
    #[error("cannot make the ops socket {path}: {source}", path = path.display())]
    Control { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Model(#[from] ChooseError),
    #[error("DEFAULT_VOICE: {0}")]
    DefaultVoice(#[source] VoiceError),
    #[error("{0}; the lines above say why")]
    Workers(String),
    #[error("the HTTP server failed: {0}")]
    Http(#[source] io::Error),
    #[error("signals cannot be received: {0}")]
    Signals(#[source] io::Error),
    #[error("metrics cannot be recorded: {0}")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
}

/// What outlives a change of the model.
#[derive(Debug, Clone)]
struct Lasting {
    text: Arc<TextFront>,
    store: Store,
    metrics: PrometheusHandle,
    ending: Ending,
}

impl Lasting {
    fn new(config: &Config) -> Result<Self, AppError> {
        names::describe();
        Ok(Self {
            text: Arc::new(TextFront::new(config.text.front())),
            store: Store::open(config.folders.settings()),
            metrics: install_recorder()?,
            ending: Ending::default(),
        })
    }
}

/// Everything but the sockets for clients and operators: what `speak` needs as well.
#[derive(Debug)]
pub struct Core {
    pub service: Arc<Service>,
    lasting: Lasting,
    workers_end: JoinHandle<Result<(), String>>,
    // Removed with its sockets when the server ends.
    _run_dir: RunDir,
}

impl Core {
    /// Chooses the model and starts the workers.
    ///
    /// # Errors
    /// A model that is wanted and not there, or a folder that cannot be made.
    pub async fn start(config: Config) -> Result<Self, AppError> {
        let lasting = Lasting::new(&config)?;
        Self::with(config, lasting).await
    }

    async fn with(config: Config, lasting: Lasting) -> Result<Self, AppError> {
        let run_dir = RunDir::make(config.workers.run_dir.as_deref())?;
        let model = choose::choose(config.model.choice, &config.model.dir, &config.workers.program).await?;
        let looking = {
            let (config, model) = (config.clone(), model.clone());
            tokio::task::spawn_blocking(move || {
                let voices = open_voices(&config, &model);
                default_voice(&config, &voices)?;
                Ok::<_, AppError>(voices)
            })
        };
        let voices = looking
            .await
            .map_err(|error| AppError::Workers(format!("the voices could not be looked for: {error}")))??;
        let workers = workers::start(setup(&config, &model, &run_dir.0));
        let cache = Cache::new(config.queue.cache_mb << 20, &model.identity());
        let scheduler = Scheduler::start(config.queue.limits(), cache, workers.orders.clone(), workers.news);
        let service = Arc::new(Service {
            voices,
            generator: Generator::new(
                Arc::clone(&lasting.text),
                config.queue.look_ahead,
                model.needs_carriers(),
            ),
            store: lasting.store.clone(),
            ending: lasting.ending.clone(),
            users: TaskTracker::new(),
            orders: workers.orders,
            fleet: workers.status,
            config,
            model,
            scheduler,
            metrics: lasting.metrics.clone(),
        });
        Ok(Self {
            service,
            lasting,
            workers_end: workers.end,
            _run_dir: run_dir,
        })
    }

    /// Returns only when nothing will ever work, with the reason.
    pub async fn hopeless(&mut self) -> AppError {
        AppError::Workers(match (&mut self.workers_end).await {
            Ok(Ok(())) => "the workers have left".to_owned(),
            Ok(Err(why)) => why,
            Err(error) => format!("the supervisor failed: {error}"),
        })
    }

    /// Lets the workers go and waits for them; one that stays is killed after a few seconds.
    pub async fn stop(self) {
        if !self.workers_end.is_finished() {
            let _ = self.service.orders.send(Order::Drain).await;
            let _ = self.workers_end.await;
        }
    }
}

/// What a task that may be there brings; never ends when there is none.
async fn finished(task: &mut Option<JoinHandle<Result<Core, AppError>>>) -> Result<Core, AppError> {
    match task {
        Some(task) => task.await.unwrap_or_else(|error| {
            Err(AppError::Workers(format!(
                "the change of the model failed: {error}"
            )))
        }),
        None => std::future::pending().await,
    }
}

/// A server that has its sockets and its workers under way.
#[derive(Debug)]
pub struct App {
    core: Core,
    listener: tokio::net::TcpListener,
    control: control::Socket,
}

impl App {
    /// Binds the sockets and starts the workers. `inherited` is a listening socket of the service manager.
    ///
    /// # Errors
    /// An address or path that is not available, or a model that the settings name and that is not there.
    pub async fn build(config: Config, inherited: Option<TcpListener>) -> Result<Self, AppError> {
        let listener = match inherited {
            Some(listener) => tokio::net::TcpListener::from_std(listener).map_err(AppError::Inherited)?,
            None => {
                let address = SocketAddr::new(config.server.host, config.server.port);
                let bind = tokio::net::TcpListener::bind(address).await;
                bind.map_err(|source| AppError::Bind { address, source })?
            }
        };
        let port = listener.local_addr().map_err(AppError::Http)?.port();
        let path = config.workers.control_socket(port);
        let control = control::Socket::bind(&path).map_err(|source| AppError::Control { path, source })?;
        Ok(Self {
            core: Core::start(config).await?,
            listener,
            control,
        })
    }

    /// Serves until a signal or until nothing works any more.
    ///
    /// # Errors
    /// The workers can never work, or the HTTP server fails.
    pub async fn run(self) -> Result<(), AppError> {
        let Self {
            mut core,
            listener,
            control,
        } = self;
        let mut stop = StopSignals::listen()?;
        let address = listener.local_addr().map_err(AppError::Http)?;
        let ending = core.service.ending.clone();
        let (live, current) = watch::channel(Arc::clone(&core.service));
        ending.spawn(control.serve(current.clone(), ending.clone()));
        ending.spawn(housekeeping(current.clone()));
        ending.spawn_until_closing(announce(Arc::clone(&core.service), address));
        let watched = current.clone();
        ending.spawn(systemd::watchdog(async move || {
            let service = Arc::clone(&watched.borrow());
            service.alive().await
        }));
        let mut serving = ending
            .track(http::serve(listener, current, ending.clone()))
            .fuse();
        let config = core.service.config.clone();
        let mut better = switch::is_wanted(&config, &core.service.model)
            .then(|| ending.track(switch::kokoro(config.clone(), core.lasting.clone())));

        let result = loop {
            tokio::select! {
                served = &mut serving => break served.map_err(|error| AppError::Http(io::Error::other(error))),
                hopeless = core.hopeless() => break Err(hopeless),
                () = stop.received() => break Ok(()),
                () = ending.closing() => break Ok(()),
                started = finished(&mut better) => {
                    better = None;
                    match started {
                        Ok(new) => {
                            let old = std::mem::replace(&mut core, new);
                            live.send_replace(Arc::clone(&core.service));
                            let model = core.service.model.label();
                            tracing::info!(model, "new requests are spoken by another model now");
                            systemd::ready(&format!("{model} on {address}"));
                            ending.track(switch::retire(old));
                        }
                        Err(error) => {
                            let error = human::causes(&error);
                            tracing::error!(error, "the model was fetched and cannot be used; the built-in voice goes on");
                        }
                    }
                }
            }
        };
        systemd::stopping();
        ending.close();
        if result.is_ok() && !serving.is_terminated() {
            let grace = config.server.drain;
            tracing::info!(
                grace = %human::duration(grace),
                "no new requests; those under way are finished"
            );
            let grace = tokio::time::timeout(grace, &mut serving);
            tokio::select! {
                ended = grace => if ended.is_err() { tracing::warn!("some responses were not finished in time") },
                () = stop.received() => tracing::warn!("a second signal: responses under way are cut off"),
            }
        }
        drop(live);
        let all = async {
            // A model that was just about to take over.
            if let Some(Ok(Ok(new))) = async { Some(better?.await) }.await {
                new.stop().await;
            }
            tokio::join!(core.stop(), ending.all_ended());
        };
        tokio::select! {
            () = all => {}
            () = stop.received() => tracing::warn!("another signal: what is left ends with the process"),
        }
        tracing::info!("the end");
        result
    }
}

fn setup(config: &Config, model: &Chosen, run_dir: &Path) -> Setup {
    let memory_limit = config.workers.memory_mb.map(|mb| mb << 20);
    Setup {
        program: Program {
            workerd: config.workers.program.clone(),
            onnxruntime: config.workers.onnxruntime.clone(),
            model: match model {
                Chosen::Builtin => None,
                Chosen::Kokoro { graph, .. } => Some(graph.clone()),
            },
            threads: config.workers.threads,
            kernels: config.workers.kernels,
            isa: config.workers.isa,
            // A backstop behind the supervisor's own limit.
            memory_mb: config.workers.memory_mb.map(|mb| mb * 2),
        },
        policy: Policy {
            memory_limit,
            jobs_limit: config.workers.max_jobs,
            spare: config.workers.spare,
            ..Policy::default()
        },
        target: config.workers.count,
        run_dir: run_dir.to_owned(),
    }
}

/// The voices of the model that would be served.
#[must_use]
pub fn voices(config: &Config) -> Voices {
    let model = choose::installed(config.model.choice, &config.model.dir).unwrap_or(Chosen::Builtin);
    open_voices(config, &model)
}

fn open_voices(config: &Config, model: &Chosen) -> Voices {
    let (model, folder) = match model {
        Chosen::Builtin => (Model::BuiltIn, config.model.dir.join("voices")),
        Chosen::Kokoro { .. } => (Model::Kokoro, crate::model::files::voices(&config.model.dir)),
    };
    Voices::open(Settings {
        model,
        folder,
        weights: config.model.weights,
        aliases: config.access.voice_aliases.clone(),
    })
}

/// Whether a request that names no voice would be served. A voice that nobody asked for is only missed.
fn default_voice(config: &Config, voices: &Voices) -> Result<(), AppError> {
    match voices.resolve(&config.model.default_voice) {
        Err(error) if config.model.default_voice_is_set => Err(AppError::DefaultVoice(error)),
        Err(error) => {
            tracing::warn!(%error, "a request has to name its voice; DEFAULT_VOICE names another for those that do not");
            Ok(())
        }
        Ok(_) => Ok(()),
    }
}

/// What [`App::build`] would say of `DEFAULT_VOICE`, without a model being converted or loaded.
///
/// # Errors
/// The model that would speak has no such voice.
pub fn check_default_voice(config: &Config) -> Result<(), AppError> {
    match choose::installed(config.model.choice, &config.model.dir) {
        Ok(model) => default_voice(config, &open_voices(config, &model)),
        // That is another fault, of MODEL.
        Err(_) => Ok(()),
    }
}

/// The recorder is one for the process; tests build several apps.
fn install_recorder() -> Result<PrometheusHandle, AppError> {
    static HANDLE: std::sync::Mutex<Option<PrometheusHandle>> = std::sync::Mutex::new(None);
    let mut handle = HANDLE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(handle) = handle.as_ref() {
        return Ok(handle.clone());
    }
    let seconds = [
        0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 34.0,
    ];
    let new = PrometheusBuilder::new()
        .set_buckets(&seconds)?
        .install_recorder()?;
    *handle = Some(new.clone());
    Ok(new)
}

/// Waits for the first ready worker, then says that the server is there.
async fn announce(service: Arc<Service>, address: SocketAddr) {
    let mut fleet = service.fleet.clone();
    if fleet.wait_for(|fleet| fleet.serving() > 0).await.is_err() {
        return;
    }
    let model = service.model.label();
    tracing::info!(%address, model, workers = service.config.workers.count, "ready");
    if let Some(hint) = service.model.hint() {
        tracing::info!("{hint}");
    }
    systemd::ready(&format!("{model} on {address}"));
    http::print_example(address);
}

/// Does what must be done now and then.
async fn housekeeping(current: watch::Receiver<Arc<Service>>) {
    const EVERY: std::time::Duration = std::time::Duration::from_secs(30);
    let mut tick = tokio::time::interval(EVERY);
    loop {
        tick.tick().await;
        let service = Arc::clone(&current.borrow());
        let done = tokio::task::spawn_blocking(move || {
            service.store.sweep();
            service.metrics.run_upkeep();
            if let Err(error) = service.voices.refresh() {
                tracing::warn!(%error, "the voices folder cannot be read; the voices stay as they were");
            }
        });
        if let Err(error) = done.await {
            tracing::error!(%error, "housekeeping failed");
        }
    }
}

/// SIGTERM and SIGINT.
struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    fn listen() -> Result<Self, AppError> {
        Ok(Self {
            terminate: signal(SignalKind::terminate()).map_err(AppError::Signals)?,
            interrupt: signal(SignalKind::interrupt()).map_err(AppError::Signals)?,
        })
    }

    async fn received(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// A folder that only this user may enter, removed at the end.
#[derive(Debug)]
struct RunDir(PathBuf);

impl RunDir {
    fn make(wanted: Option<&Path>) -> Result<Self, AppError> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("dexterous-tts-{}-{number}", std::process::id());
        let path = wanted
            .map_or_else(std::env::temp_dir, Path::to_path_buf)
            .join(name);
        let _ = fs::remove_dir_all(&path);
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&path);
        made.map_err(|source| AppError::RunDir {
            path: path.clone(),
            source,
        })?;
        Ok(Self(path))
    }
}

impl Drop for RunDir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
