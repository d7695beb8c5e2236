//! A response that is sent once all of it is there.

use std::io;

use axum::body::{Body, Bytes, to_bytes};
use futures::stream;

use super::{blocking, clients::Place, error::ApiError};
use crate::store::{Draft, Store, StoreError};

/// Beyond this it waits in the temp folder…
const MEMORY_BYTES: usize = 4 << 20;
/// …or, when that cannot be written, is refused beyond this.
const MOST_MEMORY_BYTES: usize = 32 << 20;
/// Read back at once.
const READ_BYTES: usize = 256 << 10;

/// All of a body, for a client that could not tell its end from its breaking off.
pub(super) async fn of(body: Body) -> Result<Body, ApiError> {
    let limit = MOST_MEMORY_BYTES;
    match to_bytes(body, limit).await {
        Ok(bytes) => Ok(bytes.into()),
        Err(_) => Err(ApiError::NotWhole { limit }),
    }
}

#[derive(Debug)]
pub(super) enum Whole {
    Memory(Vec<u8>),
    Spool(Draft),
}

impl Default for Whole {
    fn default() -> Self {
        Self::Memory(Vec::new())
    }
}

impl Whole {
    pub(super) async fn append(self, bytes: Vec<u8>, store: &Store) -> Result<Self, ApiError> {
        match self {
            Self::Memory(mut memory) => {
                memory.extend(bytes);
                if memory.len() <= MEMORY_BYTES {
                    return Ok(Self::Memory(memory));
                }
                let store = store.clone();
                blocking(move || match spool(&store, &memory) {
                    Ok(spool) => Ok(Self::Spool(spool)),
                    // The next part tries again.
                    Err(_) if memory.len() <= MOST_MEMORY_BYTES => Ok(Self::Memory(memory)),
                    Err(error) => Err(error.into()),
                })
                .await?
            }
            Self::Spool(mut spool) => {
                blocking(move || {
                    spool.write(&bytes)?;
                    Ok(Self::Spool(spool))
                })
                .await?
            }
        }
    }

    /// Writes over the first bytes.
    pub(super) async fn write_head(self, head: Vec<u8>) -> Result<Self, ApiError> {
        match self {
            Self::Memory(mut memory) => {
                if let Some(place) = memory.get_mut(..head.len()) {
                    place.copy_from_slice(&head);
                }
                Ok(Self::Memory(memory))
            }
            Self::Spool(mut spool) => {
                blocking(move || {
                    spool.write_over(0, &head)?;
                    Ok(Self::Spool(spool))
                })
                .await?
            }
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        match self {
            Self::Memory(memory) => memory.len() as u64,
            Self::Spool(spool) => spool.bytes(),
        }
    }

    pub(super) fn into_body(self, place: Place) -> Body {
        match self {
            Self::Memory(memory) => memory.into(),
            Self::Spool(spool) => Body::from_stream(stream::try_unfold((spool, 0, place), read_on)),
        }
    }

    /// All of it in memory.
    pub(super) async fn into_bytes(self) -> Result<Vec<u8>, ApiError> {
        match self {
            Self::Memory(memory) => Ok(memory),
            Self::Spool(spool) => match usize::try_from(spool.bytes()) {
                Ok(bytes) if bytes <= MOST_MEMORY_BYTES => blocking(move || read_all(&spool, bytes)).await?,
                _ => Err(ApiError::Invalid {
                    param: "stream".to_owned(),
                    message: "the sound is too long for one piece of JSON: ask for stream=true".to_owned(),
                }),
            },
        }
    }
}

fn spool(store: &Store, bytes: &[u8]) -> Result<Draft, StoreError> {
    let mut spool = store.spool()?;
    spool.write(bytes)?;
    Ok(spool)
}

fn read_all(spool: &Draft, bytes: usize) -> Result<Vec<u8>, ApiError> {
    let mut all = vec![0; bytes];
    let mut at = 0;
    while at < bytes {
        match spool.read(&mut all[at..], at as u64)? {
            0 => return Err(ApiError::Internal("a spooled response is short".to_owned())),
            read => at += read,
        }
    }
    Ok(all)
}

type Reading = (Draft, u64, Place);

async fn read_on((spool, at, place): Reading) -> io::Result<Option<(Bytes, Reading)>> {
    let read = tokio::task::spawn_blocking(move || {
        let mut buffer = vec![0; READ_BYTES];
        let read = spool.read(&mut buffer, at).map_err(io::Error::other)?;
        buffer.truncate(read);
        Ok::<_, io::Error>((spool, buffer))
    });
    let (spool, buffer) = read.await.map_err(io::Error::other)??;
    if buffer.is_empty() {
        return Ok(None);
    }
    let next = at + buffer.len() as u64;
    Ok(Some((buffer.into(), (spool, next, place))))
}
