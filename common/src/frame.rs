//! Bytes ⇄ frames.
//!
//! ```text
//! header length: u32 LE │ body length: u32 LE │ header │ body
//! ```
//!
//! The header is a message of [`crate::protocol`]; the body is raw `f32` PCM or empty. Both lengths are checked
//! against their bounds before a byte is allocated.

use std::io::{self, Read, Write};

/// Bytes in front of header and body.
pub const PREFIX_LEN: usize = 8;

/// The longest header. A job with 510 tokens and its style is about 1.6 kB; an error text is cut to fit.
pub const MAX_HEADER: usize = 16 * 1024;

/// The longest body: 128 MiB, or 23 minutes of sound. 510 tokens at a quarter of the speed stay below it.
pub const MAX_BODY: usize = 128 * 1024 * 1024;

/// A frame as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frame {
    pub header: Vec<u8>,
    pub body: Vec<u8>,
}

/// What can be wrong with a frame.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    #[error("a frame with an empty header")]
    EmptyHeader,
    #[error("a frame header of {0} bytes; the bound is {MAX_HEADER}")]
    HeaderTooLong(usize),
    #[error("a frame body of {0} bytes; the bound is {MAX_BODY}")]
    BodyTooLong(usize),
    #[error("the stream ended inside a frame")]
    Truncated,
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The checked lengths of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prefix {
    pub header_len: usize,
    pub body_len: usize,
}

impl Prefix {
    /// Checks the lengths of the frame to come.
    ///
    /// # Errors
    /// A header that is empty or too long, a body that is too long.
    pub fn parse(bytes: [u8; PREFIX_LEN]) -> Result<Self, FrameError> {
        let [a, b, c, d, e, f, g, h] = bytes;
        Self::checked(
            u32::from_le_bytes([a, b, c, d]) as usize,
            u32::from_le_bytes([e, f, g, h]) as usize,
        )
    }

    /// The prefix for a header and a body of these lengths.
    ///
    /// # Errors
    /// As [`Prefix::parse`]: what may not be read is not written either.
    pub fn checked(header_len: usize, body_len: usize) -> Result<Self, FrameError> {
        match (header_len, body_len) {
            (0, _) => Err(FrameError::EmptyHeader),
            (n, _) if n > MAX_HEADER => Err(FrameError::HeaderTooLong(n)),
            (_, n) if n > MAX_BODY => Err(FrameError::BodyTooLong(n)),
            _ => Ok(Self { header_len, body_len }),
        }
    }

    #[must_use]
    pub fn to_bytes(self) -> [u8; PREFIX_LEN] {
        let mut bytes = [0; PREFIX_LEN];
        let (header, body) = bytes.split_at_mut(4);
        // Both are checked to be far below 4 GiB.
        header.copy_from_slice(&u32::try_from(self.header_len).unwrap_or(u32::MAX).to_le_bytes());
        body.copy_from_slice(&u32::try_from(self.body_len).unwrap_or(u32::MAX).to_le_bytes());
        bytes
    }
}

/// Reads one frame; `None` when the stream ended between frames.
///
/// # Errors
/// Lengths out of bounds, an end inside the frame, or the stream's own error.
pub fn read_frame(mut from: impl Read) -> Result<Option<Frame>, FrameError> {
    let mut prefix = [0; PREFIX_LEN];
    let mut filled = 0;
    while filled < PREFIX_LEN {
        match from.read(&mut prefix[filled..]) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(FrameError::Truncated),
            Ok(n) => filled += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    let Prefix { header_len, body_len } = Prefix::parse(prefix)?;
    let mut frame = Frame {
        header: vec![0; header_len],
        body: vec![0; body_len],
    };
    for part in [&mut frame.header, &mut frame.body] {
        from.read_exact(part).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => FrameError::Truncated,
            _ => error.into(),
        })?;
    }
    Ok(Some(frame))
}

/// Writes one frame and flushes.
///
/// # Errors
/// Lengths out of bounds, or the stream's own error.
pub fn write_frame(mut to: impl Write, header: &[u8], body: &[u8]) -> Result<(), FrameError> {
    let prefix = Prefix::checked(header.len(), body.len())?;
    to.write_all(&prefix.to_bytes())?;
    to.write_all(header)?;
    to.write_all(body)?;
    Ok(to.flush()?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(header in prop::collection::vec(any::<u8>(), 1..200), body in prop::collection::vec(any::<u8>(), 0..500)) {
            let mut bytes = Vec::new();
            write_frame(&mut bytes, &header, &body).unwrap();
            write_frame(&mut bytes, &header, &[]).unwrap();
            let mut reader = bytes.as_slice();
            prop_assert_eq!(read_frame(&mut reader).unwrap(), Some(Frame { header: header.clone(), body }));
            prop_assert_eq!(read_frame(&mut reader).unwrap(), Some(Frame { header, body: vec![] }));
            prop_assert_eq!(read_frame(&mut reader).unwrap(), None);
        }

        #[test]
        fn any_bytes_are_a_frame_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = read_frame(bytes.as_slice());
        }

        #[test]
        fn every_cut_is_seen(cut in 1usize..20) {
            let mut bytes = Vec::new();
            write_frame(&mut bytes, b"header", b"body..").unwrap();
            prop_assert_eq!(bytes.len(), 20);
            let result = read_frame(&bytes[..cut]);
            if cut < 20 {
                prop_assert!(matches!(result, Err(FrameError::Truncated)));
            }
        }
    }

    #[test]
    fn lengths_are_refused_before_allocation() {
        let header = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];
        assert!(matches!(Prefix::parse(header), Err(FrameError::HeaderTooLong(_))));
        let body = [1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff];
        assert!(matches!(Prefix::parse(body), Err(FrameError::BodyTooLong(_))));
        assert!(matches!(Prefix::parse([0; 8]), Err(FrameError::EmptyHeader)));
    }
}
