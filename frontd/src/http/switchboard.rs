//! Every request goes to the parts that are current when it comes, so that a model can change between two requests of
//! one connection.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{Arc, PoisonError, RwLock},
    task::{Context, Poll},
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::Request,
};
use hyper::body::{Frame, SizeHint};
use tokio::sync::watch;
use tokio_util::task::task_tracker::TaskTrackerToken;
use tower::{ServiceExt as _, service_fn};

use crate::service::Service;

/// The routes of a model. Whoever holds the token is served by it.
#[derive(Debug, Clone)]
struct Line {
    routes: Router,
    token: TaskTrackerToken,
}

impl Line {
    fn new(service: &Arc<Service>, make: fn(Arc<Service>) -> Router) -> Self {
        Self {
            routes: make(Arc::clone(service)),
            token: service.users.token(),
        }
    }
}

/// `make`s the routes anew for each value of `current`. Earlier ones are let go at once; requests under way keep theirs,
/// until their bodies have ended.
pub(super) fn switchboard(
    mut current: watch::Receiver<Arc<Service>>,
    make: fn(Arc<Service>) -> Router,
) -> Router {
    let (first, ending) = {
        let service = current.borrow_and_update();
        (Line::new(&service, make), service.ending.clone())
    };
    let line = Arc::new(RwLock::new(first));
    let slot = Arc::clone(&line);
    ending.spawn(async move {
        while current.changed().await.is_ok() {
            let next = Line::new(&current.borrow_and_update(), make);
            *slot.write().unwrap_or_else(PoisonError::into_inner) = next;
        }
    });
    Router::new().fallback_service(service_fn(move |request: Request| {
        let Line { routes, token } = line.read().unwrap_or_else(PoisonError::into_inner).clone();
        async move {
            let answer = routes.oneshot(request).await;
            let response = answer.unwrap_or_else(|never| match never {});
            Ok::<_, Infallible>(response.map(|body| Body::new(Held { body, _token: token })))
        }
    }))
}

/// A body that is served by a model to its end.
#[derive(Debug)]
struct Held {
    body: Body,
    _token: TaskTrackerToken,
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
