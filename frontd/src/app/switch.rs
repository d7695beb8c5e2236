//! From the built-in voice to Kokoro without a restart.
//!
//! ```text
//! install in the background → convert → workers beside the others → new requests go there → the old ones end
//! ```
//!
//! A response keeps the model that it began with: styles of one model mean nothing to the other.

use std::{sync::Arc, time::Duration};

use super::{AppError, Core, Lasting};
use crate::{
    config::{Config, ModelChoice},
    model::{
        choose::Chosen,
        install::{self, Options, Patience, Source},
    },
};

/// Between two looks at whether the responses of the old model have ended.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Whether a better model is to be fetched for a server that speaks with `chosen`.
pub(super) fn is_wanted(config: &Config, chosen: &Chosen) -> bool {
    config.model.download && config.model.choice == ModelChoice::Auto && *chosen == Chosen::Builtin
}

/// Fetches Kokoro-82M and starts its workers; returns when all of them are ready.
///
/// # Errors
/// The files are there and the workers cannot use them. The server goes on with the model that it has.
pub(super) async fn kokoro(mut config: Config, lasting: Lasting) -> Result<Core, AppError> {
    let options = Options {
        model_dir: config.model.dir.clone(),
        source: Source::Url {
            base: config.model.base_url.clone(),
            ca_bundle: config.model.ca_bundle.clone(),
        },
        files: config.model.files.clone(),
        patience: Patience::default(),
    };
    let installed = install::in_background(options).await;
    installed.map_err(|error| AppError::Workers(format!("the model could not be fetched: {error}")))?;
    config.model.choice = ModelChoice::Kokoro;
    let mut core = Core::with(config, lasting).await?;
    let mut fleet = core.shared.fleet.clone();
    let ready = fleet.wait_for(|fleet| fleet.target > 0 && fleet.serving() >= fleet.target);
    let why = tokio::select! {
        ready = ready => match ready {
            Ok(_) => None,
            Err(_) => Some(AppError::Workers("the workers have left".to_owned())),
        },
        why = core.hopeless() => Some(why),
    };
    match why {
        None => Ok(core),
        Some(why) => Err(why),
    }
}

/// Ends a core that new requests no longer reach, once nobody is served by it.
pub(super) async fn retire(core: Core) {
    let queue = core.shared.scheduler.status();
    let mut look = tokio::time::interval(LOOK_EVERY);
    // Whoever serves a request holds the parts, and a response that is made is in the queue.
    while Arc::strong_count(&core.shared) > 1 || queue.borrow().responses > 0 {
        look.tick().await;
    }
    core.stop().await;
}
