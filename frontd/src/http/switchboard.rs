//! Every request goes to the parts that are current when it comes, so that a model can change between two requests of
//! one connection.

use std::{
    convert::Infallible,
    sync::{Arc, PoisonError, RwLock},
};

use axum::{Router, extract::Request};
use tokio::sync::watch;
use tower::{ServiceExt as _, service_fn};

use crate::app::Shared;

/// `make`s the routes anew for each value of `current`. Earlier ones are let go at once; requests under way keep theirs.
pub(super) fn switchboard(
    mut current: watch::Receiver<Arc<Shared>>,
    make: fn(Arc<Shared>) -> Router,
) -> Router {
    let first = make(Arc::clone(&current.borrow_and_update()));
    let routes = Arc::new(RwLock::new(first));
    let slot = Arc::clone(&routes);
    tokio::spawn(async move {
        // Ends when the server does.
        while current.changed().await.is_ok() {
            let next = make(Arc::clone(&current.borrow_and_update()));
            *slot.write().unwrap_or_else(PoisonError::into_inner) = next;
        }
    });
    Router::new().fallback_service(service_fn(move |request: Request| {
        let routes = routes.read().unwrap_or_else(PoisonError::into_inner).clone();
        async move {
            Ok::<_, Infallible>(
                routes
                    .oneshot(request)
                    .await
                    .unwrap_or_else(|never| match never {}),
            )
        }
    }))
}
