//! The protobuf wire format, as far as an ONNX file needs it.
//!
//! A message is a row of fields: a key (field number and wire type, a varint) and a value. Reading gives each
//! field's number, its value and its bytes as they stand, so what is not understood is passed on unchanged.
//! Source: protobuf.dev, "Encoding".

/// A value on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Varint(u64),
    Fixed64([u8; 8]),
    Bytes(&'a [u8]),
    Fixed32([u8; 4]),
}

/// One field: `raw` is its key and value as read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) number: u64,
    pub(super) value: Value<'a>,
    pub(super) raw: &'a [u8],
}

/// Why bytes are not a protobuf message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    #[error("a field ends past the end of its message")]
    Truncated,
    #[error("a variable-length number is longer than ten bytes")]
    LongVarint,
    #[error("wire type {0} is not one that ONNX uses")]
    WireType(u64),
    #[error("a text is not UTF-8")]
    NotText,
}

/// The key of a field: number and wire type.
pub(super) fn split_key(key: u64) -> (u64, u64) {
    (key >> 3, key & 7)
}

/// The fields of a message, in order; ends after the first error.
pub(super) fn fields(message: &[u8]) -> Fields<'_> {
    Fields { rest: message }
}

#[derive(Debug)]
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, WireError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let start = self.rest;
        let field = self.read(start);
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

impl<'a> Fields<'a> {
    fn read(&mut self, start: &'a [u8]) -> Result<Field<'a>, WireError> {
        let (number, wire_type) = split_key(self.varint()?);
        let value = match wire_type {
            0 => Value::Varint(self.varint()?),
            1 => Value::Fixed64(self.array()?),
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| WireError::Truncated)?;
                Value::Bytes(self.take(length)?)
            }
            5 => Value::Fixed32(self.array()?),
            other => return Err(WireError::WireType(other)),
        };
        let raw = &start[..start.len() - self.rest.len()];
        Ok(Field { number, value, raw })
    }

    fn varint(&mut self) -> Result<u64, WireError> {
        let (value, length) = varint(self.rest)?;
        self.rest = &self.rest[length..];
        Ok(value)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], WireError> {
        let (head, tail) = self.rest.split_at_checked(length).ok_or(WireError::Truncated)?;
        self.rest = tail;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        self.take(N)?.try_into().map_err(|_| WireError::Truncated)
    }
}

/// The varint at the start of `bytes` and how many bytes it takes.
pub(super) fn varint(bytes: &[u8]) -> Result<(u64, usize), WireError> {
    let mut value = 0;
    for (i, byte) in bytes.iter().enumerate() {
        if i == 10 {
            return Err(WireError::LongVarint);
        }
        value |= u64::from(byte & 0x7f) << (7 * i);
        if byte & 0x80 == 0 {
            return Ok((value, i + 1));
        }
    }
    Err(if bytes.len() >= 10 {
        WireError::LongVarint
    } else {
        WireError::Truncated
    })
}

/// A repeated int64 field's values: packed or one by one, as either may appear.
pub(super) fn int64s(value: Value<'_>, into: &mut Vec<i64>) -> Result<(), WireError> {
    match value {
        Value::Varint(v) => into.push(v.cast_signed()),
        Value::Bytes(mut packed) => {
            while !packed.is_empty() {
                let (v, length) = varint(packed)?;
                packed = &packed[length..];
                into.push(v.cast_signed());
            }
        }
        Value::Fixed32(_) | Value::Fixed64(_) => return Err(WireError::WireType(1)),
    }
    Ok(())
}

pub(super) fn text(value: Value<'_>) -> Result<String, WireError> {
    match value {
        Value::Bytes(bytes) => String::from_utf8(bytes.to_vec()).map_err(|_| WireError::NotText),
        _ => Err(WireError::NotText),
    }
}

/// Writes a message field by field.
#[derive(Debug, Default, Clone)]
pub(super) struct Message(Vec<u8>);

impl Message {
    pub(super) fn raw(&mut self, field: &[u8]) -> &mut Self {
        self.0.extend_from_slice(field);
        self
    }

    pub(super) fn uint(&mut self, number: u64, value: u64) -> &mut Self {
        put_varint(&mut self.0, number << 3);
        put_varint(&mut self.0, value);
        self
    }

    pub(super) fn float(&mut self, number: u64, value: f32) -> &mut Self {
        put_varint(&mut self.0, number << 3 | 5);
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }

    pub(super) fn bytes(&mut self, number: u64, value: &[u8]) -> &mut Self {
        put_length(&mut self.0, number, value.len() as u64);
        self.0.extend_from_slice(value);
        self
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The key and length of a length-delimited field.
pub(super) fn put_length(out: &mut Vec<u8>, number: u64, length: u64) {
    put_varint(out, number << 3 | 2);
    put_varint(out, length);
}

pub(super) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push((value & 0x7f) as u8);
}

#[cfg(test)]
mod tests;
