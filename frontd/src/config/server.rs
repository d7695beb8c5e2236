use std::{net::IpAddr, time::Duration};

use super::Reader;

/// The HTTP server.
#[derive(Debug, Clone)]
pub struct Server {
    /// Address to listen on. `HOST`, 127.0.0.1.
    pub host: IpAddr,
    /// Port to listen on; 0 takes a free one, which the log tells. `PORT`, 8880.
    pub port: u16,
    /// How long responses under way may take to end after SIGTERM. `DRAIN_SECONDS`, 25.
    pub drain: Duration,
    /// Characters of one request's text. `MAX_INPUT_CHARS`, 200 000.
    pub max_input_chars: usize,
}

impl Server {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let localhost = IpAddr::from([127, 0, 0, 1]);
        Self {
            host: reader.parsed(
                "HOST",
                localhost,
                "an IP address such as 127.0.0.1 or 0.0.0.0",
                |v| v.parse().ok(),
            ),
            port: reader.number("PORT", 8880, 0, u16::MAX),
            drain: Duration::from_secs(reader.number("DRAIN_SECONDS", 25, 0, 3600)),
            max_input_chars: reader.number("MAX_INPUT_CHARS", 200_000, 1, 10_000_000),
        }
    }
}
