//! One file over HTTP into the staging folder, resumed after every fault that may pass.

use std::{fs, path::Path, sync::Arc, thread, time::Duration};

use ureq::{
    Agent, Body, ResponseExt as _,
    http::{HeaderMap, Response, StatusCode, header},
    tls::{PemItem, RootCerts, TlsConfig, parse_pem},
};

use super::{Event, InstallError, MAX_PAUSE, PROGRESS, Patience, PinnedFile, Staging};

const CONNECT: Duration = Duration::from_secs(15);
/// The most bytes of a page of a package index.
const MAX_TEXT: u64 = 4 << 20;
/// Whole files fetched with the wrong bytes before the server is not asked again.
const WRONG_FILES: u32 = 2;

pub(super) fn agent(patience: &Patience, ca_bundle: Option<&Path>) -> Result<Agent, InstallError> {
    let roots = match ca_bundle {
        Some(path) => RootCerts::Specific(Arc::new(certificates(path)?)),
        None => RootCerts::WebPki,
    };
    let config = Agent::config_builder()
        .user_agent(concat!("dexterous-tts/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(Some(CONNECT))
        .timeout_recv_response(Some(patience.silence))
        .timeout_per_read(Some(patience.silence))
        .http_status_as_error(false)
        .tls_config(TlsConfig::builder().root_certs(roots).build());
    Ok(config.build().new_agent())
}

fn certificates(path: &Path) -> Result<Vec<ureq::tls::Certificate<'static>>, InstallError> {
    let unreadable = |reason: String| InstallError::Certificates {
        path: path.to_owned(),
        reason,
    };
    let pem = fs::read(path).map_err(|error| unreadable(error.to_string()))?;
    let mut found = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| unreadable(error.to_string()))? {
            found.push(certificate);
        }
    }
    if found.is_empty() {
        return Err(unreadable("it holds none".to_owned()));
    }
    Ok(found)
}

/// Fetches the first content of a file from `url` and checks it.
pub(super) fn fetch(
    agent: &Agent,
    url: &str,
    file: &PinnedFile,
    staging: &Staging,
    patience: &Patience,
    events: &mut dyn FnMut(Event<'_>),
) -> Result<(), InstallError> {
    let mut tries = 0;
    let mut wrong_files = 0;
    loop {
        let before = staging.has(file);
        let fault = if before == file.contents[0].bytes {
            None
        } else {
            transfer(agent, url, file, staging, events)?
        };
        let fault = match fault {
            None if staging.check(file)? => {
                events(Event::Checked { file: &file.path });
                return Ok(());
            }
            None => {
                wrong_files += 1;
                if wrong_files == WRONG_FILES {
                    discard(file, staging, events)?;
                    return Err(InstallError::WrongBytes { url: shown(url) });
                }
                Fault::useless("the bytes are not those of the pinned file")
            }
            Some(fault) => fault,
        };
        if fault.useless {
            discard(file, staging, events)?;
        }
        if staging.has(file) >= before + PROGRESS {
            tries = 0;
        }
        tries += 1;
        if fault.lasting || tries >= patience.tries {
            return Err(InstallError::Fetch {
                url: shown(url),
                reason: fault.reason,
            });
        }
        wait(&fault, tries, &file.path, patience, events);
    }
}

/// A small text over HTTP, its media type, and where it came from in the end. `name` is what it is called in events.
pub(super) fn text(
    agent: &Agent,
    url: &str,
    accept: &str,
    name: &str,
    patience: &Patience,
    events: &mut dyn FnMut(Event<'_>),
) -> Result<Text, InstallError> {
    let mut tries = 0;
    loop {
        let fault = match agent.get(url).header(header::ACCEPT, accept).call() {
            Err(error) => unanswered(&error),
            Ok(response) => match refusal(&response, 0, None) {
                Some(fault) => fault,
                None => match read(response) {
                    Ok(text) => return Ok(text),
                    Err(error) => Fault::passing(error),
                },
            },
        };
        tries += 1;
        if fault.lasting || tries >= patience.tries {
            return Err(InstallError::Fetch {
                url: shown(url),
                reason: fault.reason,
            });
        }
        wait(&fault, tries, name, patience, events);
    }
}

/// What [`text`] brings.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) uri: String,
    pub(super) media_type: String,
    pub(super) body: String,
}

/// An address for a message: that of a private index may hold a password.
pub(super) fn shown(url: &str) -> String {
    let Ok(mut parsed) = url::Url::parse(url) else {
        return url.to_owned();
    };
    if parsed.password().is_some() || !parsed.username().is_empty() {
        // Both fail only for addresses without a host, which have neither.
        let _ = parsed.set_password(None);
        let _ = parsed.set_username("");
    }
    parsed.into()
}

fn read(response: Response<Body>) -> Result<Text, ureq::Error> {
    let media_type = response.headers().get(header::CONTENT_TYPE);
    Ok(Text {
        uri: response.get_uri().to_string(),
        media_type: media_type
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned(),
        body: response
            .into_body()
            .with_config()
            .limit(MAX_TEXT)
            .read_to_string()?,
    })
}

/// Tells of a fault that may pass, and waits before the next try.
fn wait(fault: &Fault, tries: u32, file: &str, patience: &Patience, events: &mut dyn FnMut(Event<'_>)) {
    let doubled = || patience.pause * 2_u32.saturating_pow(tries - 1);
    let pause = fault.pause.unwrap_or_else(doubled).min(MAX_PAUSE);
    events(Event::Retry {
        file,
        reason: &fault.reason,
        pause,
    });
    thread::sleep(pause);
}

fn discard(
    file: &PinnedFile,
    staging: &Staging,
    events: &mut dyn FnMut(Event<'_>),
) -> Result<(), InstallError> {
    events(Event::Lost(staging.has(file)));
    staging.discard(file)
}

/// Why one request did not bring the rest of the file.
#[derive(Debug)]
struct Fault {
    reason: String,
    /// What is here must not be built upon.
    useless: bool,
    /// The same request would fail the same way.
    lasting: bool,
    /// What the server asked for.
    pause: Option<Duration>,
}

impl Fault {
    fn passing(reason: impl ToString) -> Self {
        Self {
            reason: reason.to_string(),
            useless: false,
            lasting: false,
            pause: None,
        }
    }

    fn useless(reason: impl ToString) -> Self {
        Self {
            useless: true,
            ..Self::passing(reason)
        }
    }
}

/// One request for what is lacking. `None`: the file has its full length.
fn transfer(
    agent: &Agent,
    url: &str,
    file: &PinnedFile,
    staging: &Staging,
    events: &mut dyn FnMut(Event<'_>),
) -> Result<Option<Fault>, InstallError> {
    let expected = file.contents[0].bytes;
    let have = staging.has(file);
    let mut request = agent.get(url);
    if have > 0 {
        request = request.header(header::RANGE, format!("bytes={have}-"));
    }
    let response = match request.call() {
        Ok(response) => response,
        Err(error) => return Ok(Some(unanswered(&error))),
    };
    if let Some(fault) = refusal(&response, have, Some(expected)) {
        return Ok(Some(fault));
    }
    if response.status() == StatusCode::OK && have > 0 {
        // The server knows no ranges, so it begins again.
        discard(file, staging, events)?;
    }
    let body = response.into_body().into_reader();
    let outcome = staging.append(file, body, &mut |bytes| events(Event::Bytes(bytes)))?;
    let now = staging.has(file);
    Ok(match outcome {
        _ if now > expected => Some(Fault::useless(format!(
            "it has more than the expected {expected} bytes"
        ))),
        Err(error) => Some(Fault::passing(format!(
            "the connection broke after {now} of {expected} bytes: {error}"
        ))),
        Ok(()) if now < expected => Some(Fault::useless(format!(
            "it has {now} bytes, {expected} are expected"
        ))),
        Ok(()) => None,
    })
}

fn unanswered(error: &ureq::Error) -> Fault {
    let lasting = matches!(
        error,
        ureq::Error::BadUri(_) | ureq::Error::Http(_) | ureq::Error::TooManyRedirects
    );
    Fault {
        lasting,
        ..Fault::passing(error)
    }
}

/// What in the head of a response tells that its body is not the rest of the file.
fn refusal(response: &Response<Body>, have: u64, expected: Option<u64>) -> Option<Fault> {
    let status = response.status();
    let headers = response.headers();
    match status {
        StatusCode::OK => {
            let length = number(headers, header::CONTENT_LENGTH)?;
            let expected = expected?;
            (length != expected)
                .then(|| Fault::passing(format!("it has {length} bytes, {expected} are expected")))
        }
        StatusCode::PARTIAL_CONTENT => {
            let (start, total) = content_range(headers).unwrap_or((0, None));
            let right = start == have && total.is_none_or(|total| Some(total) == expected);
            (!right).then(|| Fault::passing("the server sent another range than the one asked for"))
        }
        StatusCode::RANGE_NOT_SATISFIABLE => Some(Fault::useless("the server's file is shorter")),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => Some(Fault {
            pause: number(headers, header::RETRY_AFTER).map(Duration::from_secs),
            ..Fault::passing(format!("the server answered {status}"))
        }),
        _ if status.is_server_error() => Some(Fault {
            pause: number(headers, header::RETRY_AFTER).map(Duration::from_secs),
            ..Fault::passing(format!("the server answered {status}"))
        }),
        _ => Some(Fault {
            lasting: true,
            ..Fault::passing(format!("the server answered {status}"))
        }),
    }
}

fn number(headers: &HeaderMap, name: header::HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// `bytes START-END/TOTAL` → start and total (RFC 9110, 14.4).
fn content_range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let value = headers.get(header::CONTENT_RANGE)?.to_str().ok()?;
    let (range, total) = value.strip_prefix("bytes ")?.split_once('/')?;
    let (start, _end) = range.split_once('-')?;
    Some((start.parse().ok()?, total.parse().ok()))
}
