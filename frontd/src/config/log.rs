use std::fmt;

use super::Reader;

/// What the log looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl fmt::Display for LogFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Json => "json",
        })
    }
}

/// The log, on standard error.
#[derive(Debug, Clone)]
pub struct Log {
    /// `LOG_FORMAT`, text.
    pub format: LogFormat,
    /// A level or a `tracing` filter. `LOG_LEVEL`, info.
    pub filter: String,
}

impl Log {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            format: reader.parsed(
                "LOG_FORMAT",
                LogFormat::Text,
                "text or json",
                |value| match value {
                    "text" => Some(LogFormat::Text),
                    "json" => Some(LogFormat::Json),
                    _ => None,
                },
            ),
            filter: reader.text("LOG_LEVEL").unwrap_or_else(|| "info".to_owned()),
        }
    }
}
