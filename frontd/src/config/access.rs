use std::{collections::BTreeMap, fs, time::Duration};

use super::Reader;
use crate::voices::parse_aliases;

/// Who may use the server, from where, and how much at once.
#[derive(Debug, Clone)]
pub struct Access {
    /// Keys that open the API, separated by commas; none: it is open. `API_KEYS`, none.
    pub api_keys: Vec<String>,
    /// Origins of other web pages that may use the API, separated by commas; `*` is all, `none` is none.
    /// `CORS_ORIGINS`, `*`.
    pub cors_origins: Vec<String>,
    /// The path that a reverse proxy puts before all addresses: empty or like `/tts`. `ROOT_PATH`, empty.
    pub root_path: String,
    /// Connections at once. `MAX_CONNECTIONS`, 512.
    pub max_connections: usize,
    /// Speech requests of one client (key or address) at once; 0 is no limit. `MAX_CLIENT_REQUESTS`, 0.
    pub max_client_requests: usize,
    /// Take a client's address from the last entry of `X-Forwarded-For`. Only behind a proxy that sets it.
    /// `TRUST_FORWARDED_FOR`, false.
    pub trust_forwarded_for: bool,
    /// How long a client may not read its response before it counts as gone. `WRITE_TIMEOUT` (or
    /// `WRITE_TIMEOUT_SECONDS`), 2m.
    pub write_timeout: Duration,
    /// Whether `GET /v1/audio/speech?input=…` speaks, for players that can only be given an address: any page that a browser
    /// of this network shows can then make it speak. `ENABLE_GET_SPEECH`, false.
    pub get_speech: bool,
    /// Whether mixes can be made packs and stored as voices. `ALLOW_LOCAL_VOICE_SAVING`, false.
    pub allow_voice_saving: bool,
    /// Names and the voices or mixes that they mean, beside OpenAI's: a JSON file. `VOICE_ALIASES_FILE`, none.
    pub voice_aliases: BTreeMap<String, String>,
}

impl Access {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            api_keys: list(reader.secret("API_KEYS")),
            cors_origins: Self::origins(reader),
            root_path: Self::root_path(reader),
            max_connections: reader.number("MAX_CONNECTIONS", 512, 1, 100_000),
            max_client_requests: reader.number("MAX_CLIENT_REQUESTS", 0, 0, 10_000),
            trust_forwarded_for: reader.flag("TRUST_FORWARDED_FOR", false),
            write_timeout: reader.duration(
                "WRITE_TIMEOUT",
                "WRITE_TIMEOUT_SECONDS",
                Duration::from_secs(120),
                Duration::from_secs(1)..=Duration::from_secs(86_400),
            ),
            get_speech: reader.flag("ENABLE_GET_SPEECH", false),
            allow_voice_saving: reader.flag("ALLOW_LOCAL_VOICE_SAVING", false),
            voice_aliases: Self::voice_aliases(reader),
        }
    }

    fn origins(reader: &mut Reader) -> Vec<String> {
        let origins = match reader.text("CORS_ORIGINS") {
            None => vec!["*".to_owned()],
            Some(none) if none == "none" => Vec::new(),
            some => list(some),
        };
        let mut values = Vec::new();
        for origin in origins {
            if origin == "*" || is_origin(&origin) {
                values.push(origin);
            } else {
                let message =
                    format!("must be *, none or origins such as https://example.com, not {origin:?}");
                reader.fault("CORS_ORIGINS", message);
            }
        }
        values
    }

    fn voice_aliases(reader: &mut Reader) -> BTreeMap<String, String> {
        let Some(path) = reader.path("VOICE_ALIASES_FILE") else {
            return BTreeMap::new();
        };
        let text = fs::read_to_string(&path).map_err(|error| error.to_string());
        text.and_then(|text| parse_aliases(&text))
            .unwrap_or_else(|error| {
                reader.fault("VOICE_ALIASES_FILE", format!("{}: {error}", path.display()));
                BTreeMap::new()
            })
    }

    fn root_path(reader: &mut Reader) -> String {
        let path = reader.text("ROOT_PATH").unwrap_or_default();
        let path = path.trim_end_matches('/').to_owned();
        let plain = path
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"/-_.~".contains(&b));
        let is_path = path.starts_with('/') && plain && !path.contains("//");
        if !path.is_empty() && !is_path {
            reader.fault("ROOT_PATH", format!("must be a path such as /tts, not {path:?}"));
        }
        path
    }
}

/// `scheme://host` or `scheme://host:port`.
pub(super) fn is_origin(text: &str) -> bool {
    let parts = text.split_once("://");
    parts.is_some_and(|(scheme, host)| !scheme.is_empty() && !host.is_empty() && !host.contains('/'))
        && text.bytes().all(|b| b.is_ascii_graphic())
}

/// What stands between commas.
pub(super) fn list(text: Option<String>) -> Vec<String> {
    let text = text.unwrap_or_default();
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect()
}
