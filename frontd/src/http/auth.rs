//! API keys.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use super::{error::ApiError, json};

/// The keys that open the API; none: it is open to everybody. Only digests are kept.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys(Vec<[u8; 32]>);

impl Keys {
    /// Empty keys are left out: a Bearer without anything must never open a door.
    pub(super) fn new<'a>(keys: impl IntoIterator<Item = &'a str>) -> Self {
        let keys = keys.into_iter().map(str::trim).filter(|key| !key.is_empty());
        Self(keys.map(|key| Sha256::digest(key).into()).collect())
    }

    #[must_use]
    pub(super) fn required(&self) -> bool {
        !self.0.is_empty()
    }

    /// Whether the request may pass. Takes the same time for every wrong key: digests of one length are compared to
    /// the end, with each of the keys.
    #[must_use]
    pub(super) fn admit(&self, headers: &HeaderMap) -> bool {
        if !self.required() {
            return true;
        }
        let Some(key) = offered(headers) else { return false };
        let digest: [u8; 32] = Sha256::digest(key).into();
        let found = self
            .0
            .iter()
            .fold(Choice::from(0), |found, known| found | known.ct_eq(&digest));
        found.into()
    }
}

/// The key of the request: `Authorization: Bearer KEY`, or `api-key` as Azure's clients send it.
pub(super) fn offered(headers: &HeaderMap) -> Option<&[u8]> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| {
        let (scheme, key) = value.as_bytes().split_at_checked("Bearer ".len())?;
        scheme.eq_ignore_ascii_case(b"Bearer ").then(|| key.trim_ascii())
    });
    let key = bearer.or_else(|| headers.get("api-key").map(|value| value.as_bytes().trim_ascii()));
    key.filter(|key| !key.is_empty())
}

/// Middleware of the routes that cost something.
pub(super) async fn require(State(keys): State<Keys>, request: Request, next: Next) -> Response {
    if keys.admit(request.headers()) {
        next.run(request).await
    } else {
        json::read_away(request.into_body()).await;
        ApiError::Unauthorized.into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(keys: &Keys, name: &'static str, value: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        keys.admit(&headers)
    }

    #[test]
    fn keys_open_and_nothing_else_does() {
        let keys = Keys::new(["sk-one", " sk-two ", "", " "]);
        assert!(keys.required());
        for good in ["Bearer sk-one", "bearer sk-two", "Bearer  sk-one "] {
            assert!(admits(&keys, "authorization", good), "{good}");
        }
        for bad in [
            "Bearer",
            "Bearer ",
            "Bearer  ",
            "sk-one",
            "Basic sk-one",
            "Bearer sk-on",
            "Bearer sk-one2",
            "",
        ] {
            assert!(!admits(&keys, "authorization", bad), "{bad:?}");
        }
        assert!(admits(&keys, "api-key", "sk-two"));
        assert!(!admits(&keys, "api-key", ""));
        assert!(!keys.admit(&HeaderMap::new()));
    }

    #[test]
    fn without_keys_everybody_may_enter() {
        let keys = Keys::new(["", "  "]);
        assert!(!keys.required());
        assert!(keys.admit(&HeaderMap::new()));
        assert!(admits(&keys, "authorization", "Bearer whatever"));
    }
}
