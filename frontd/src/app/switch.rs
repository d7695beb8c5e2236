//! From the built-in voice to Kokoro without a restart.
//!
//! ```text
//! install in the background → convert → workers beside the others → new requests go there → the old ones end
//! ```
//!
//! A response keeps the model that it began with: styles of one model mean nothing to the other.

use super::{AppError, Core, Lasting};
use crate::{
    config::{Config, ModelChoice},
    model::{
        choose::Chosen,
        install::{self, Options, Patience, Source},
    },
};

/// Whether to fetch a better model for a server that speaks with `chosen`.
pub(super) fn is_wanted(config: &Config, chosen: &Chosen) -> bool {
    config.model.download && config.model.choice == ModelChoice::Auto && *chosen == Chosen::Builtin
}

/// Fetches Kokoro-82M and starts its workers; returns when all of them are ready.
///
/// # Errors
/// The files are there and the workers cannot use them. The server goes on with the model that it has.
pub(super) async fn kokoro(mut config: Config, lasting: Lasting) -> Result<Core, AppError> {
    let source = match &config.model.base_url {
        Some(base) => Source::Mirror(base.clone()),
        None => Source::Public,
    };
    let options = Options {
        model_dir: config.model.dir.clone(),
        model: source.clone(),
        voices: source,
        ca_bundle: config.model.ca_bundle.clone(),
        files: config.model.files.clone(),
        patience: Patience::default(),
    };
    let ending = lasting.ending.clone();
    let going_down = || AppError::Workers("the server is going down".to_owned());
    let installed = tokio::select! {
        installed = install::in_background(options) => installed,
        () = ending.closing() => return Err(going_down()),
    };
    installed.map_err(|error| AppError::Workers(format!("the model could not be fetched: {error}")))?;
    config.model.choice = ModelChoice::Kokoro;
    let mut core = Core::with(config, lasting).await?;
    let mut fleet = core.service.fleet.clone();
    let ready = fleet.wait_for(|fleet| fleet.target > 0 && fleet.serving() >= fleet.target);
    let why = tokio::select! {
        ready = ready => match ready {
            Ok(_) => None,
            Err(_) => Some(AppError::Workers("the workers have left".to_owned())),
        },
        why = core.hopeless() => Some(why),
        () = ending.closing() => Some(going_down()),
    };
    match why {
        None => Ok(core),
        Some(why) => {
            core.stop().await;
            Err(why)
        }
    }
}

/// Ends a core that new requests no longer reach, once nobody is served by it or the server ends.
pub(super) async fn retire(core: Core) {
    core.service.users.close();
    tokio::select! {
        () = core.service.users.wait() => {}
        () = core.service.ending.now() => {}
    }
    core.stop().await;
}
