//! Addresses that people get wrong: most often a client's base URL lacks `/v1`, has it twice, or ends in a slash.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, Uri, header},
};

use super::{Service, error::ApiError};

/// The routes behind `/v1/`, and the words that begin the sentence about each. The longer of two that fit comes first.
const ROUTES: [(&str, &str); 6] = [
    ("audio/speech/captions", "captions are"),
    ("audio/speech", "speech is"),
    ("audio/voices/combine", "mixes are made"),
    ("audio/voices", "the voices are"),
    ("audio/models", "the models are"),
    ("models", "the models are"),
];
/// The most characters of an address that the message repeats.
const MOST_CHARS: usize = 100;

/// For every address without a route.
pub(super) async fn fallback(State(service): State<Arc<Service>>, uri: Uri, headers: HeaderMap) -> ApiError {
    let root = &service.config.access.root_path;
    let Some((route, what)) = meant(uri.path()) else {
        return ApiError::NotFound;
    };
    let asked = format!("{root}{}", uri.path());
    ApiError::Astray {
        asked: asked.chars().take(MOST_CHARS).collect(),
        what,
        address: format!("{root}/v1/{route}"),
        base: format!("{}{root}/v1", origin(&headers)),
    }
}

/// The route that a path was meant to be, in any place behind any prefix, because the message is only a hint.
fn meant(path: &str) -> Option<(&'static str, &'static str)> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    ROUTES.into_iter().find(|(route, _)| {
        let route: Vec<&str> = route.split('/').collect();
        parts.ends_with(&route)
    })
}

/// As the client named this server.
fn origin(headers: &HeaderMap) -> String {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let plain = |host: &&str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
        !host.is_empty() && host.len() <= MOST_CHARS && host.bytes().all(allowed)
    };
    let host = text(header::HOST).filter(plain).unwrap_or("SERVER");
    let secure = text(header::HeaderName::from_static("x-forwarded-proto")) == Some("https");
    format!("{}://{host}", if secure { "https" } else { "http" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_route_is_found_behind_whatever_stands_before_it() {
        for (path, route) in [
            ("/audio/speech", "audio/speech"),
            ("/v1/v1/audio/speech", "audio/speech"),
            ("//v1/audio/speech", "audio/speech"),
            ("/v1/audio/speech/", "audio/speech"),
            ("/api/v1//audio//speech", "audio/speech"),
            ("/audio/speech/captions", "audio/speech/captions"),
            ("/models", "models"),
            ("/v1/v1/audio/models", "audio/models"),
        ] {
            assert_eq!(meant(path).map(|(route, _)| route), Some(route), "{path}");
        }
        for path in ["/", "", "/v1/", "/v1/chat/completions", "/speech", "/v1/audio"] {
            assert_eq!(meant(path), None, "{path}");
        }
    }

    #[test]
    fn the_server_is_named_as_the_client_named_it() {
        let of = |pairs: &[(&'static str, &str)]| {
            origin(
                &pairs
                    .iter()
                    .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                    .collect(),
            )
        };
        assert_eq!(
            of(&[("host", "tts.example:8443"), ("x-forwarded-proto", "https")]),
            "https://tts.example:8443"
        );
        assert_eq!(of(&[("host", "[::1]:8880")]), "http://[::1]:8880");
        assert_eq!(of(&[("host", "a b<script>")]), "http://SERVER");
        assert_eq!(of(&[]), "http://SERVER");
    }
}
