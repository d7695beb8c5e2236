use std::{fs, net::IpAddr, time::Duration};

use super::Reader;
use crate::store::is_node;

/// The HTTP server.
#[derive(Debug, Clone)]
pub struct Server {
    /// Address to listen on. `HOST`, 127.0.0.1.
    pub host: IpAddr,
    /// Port to listen on; 0 takes a free one, which the log tells. `PORT`, 8880.
    pub port: u16,
    /// How long responses under way may take to end after SIGTERM. `DRAIN` (or `DRAIN_SECONDS`), 25s.
    pub drain: Duration,
    /// Characters of one request's text. `MAX_INPUT_CHARS`, 200 000.
    pub max_input_chars: usize,
    /// Where many servers share an address: begins the names of finished files, for a proxy to see who has them. Small
    /// letters, digits and dashes; `hostname` takes the machine's. `NODE_ID`, none.
    pub node_id: Option<String>,
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
            drain: reader.duration(
                "DRAIN",
                "DRAIN_SECONDS",
                Duration::from_secs(25),
                Duration::ZERO..=HOUR,
            ),
            max_input_chars: reader.number("MAX_INPUT_CHARS", 200_000, 1, 10_000_000),
            node_id: node_id(reader),
        }
    }
}

/// The longest drain.
const HOUR: Duration = Duration::from_secs(3600);

/// The kernel's own word for it.
const HOSTNAME: &str = "/proc/sys/kernel/hostname";

fn node_id(reader: &mut Reader) -> Option<String> {
    let wanted = reader.text("NODE_ID")?;
    let id = match wanted.as_str() {
        "hostname" => fs::read_to_string(HOSTNAME).ok()?.trim().to_ascii_lowercase(),
        _ => wanted,
    };
    if !is_node(&id) {
        reader.fault(
            "NODE_ID",
            format!("must be small letters, digits and dashes, not {id:?}"),
        );
    }
    Some(id)
}
