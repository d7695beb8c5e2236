use proptest::prelude::*;

use super::*;

#[test]
fn reads_what_it_writes() {
    let mut message = Message::default();
    message
        .uint(1, 300)
        .bytes(2, b"text")
        .float(3, 1.5)
        .uint(14, u64::MAX);
    let bytes = message.finish();
    let read: Vec<Field<'_>> = fields(&bytes).map(Result::unwrap).collect();
    assert_eq!(read.iter().map(|f| f.number).collect::<Vec<_>>(), [1, 2, 3, 14]);
    assert_eq!(read[0].value, Value::Varint(300));
    assert_eq!(read[1].value, Value::Bytes(b"text"));
    assert_eq!(read[2].value, Value::Fixed32(1.5f32.to_le_bytes()));
    assert_eq!(read[3].value, Value::Varint(u64::MAX));
    assert_eq!(
        read.iter().flat_map(|f| f.raw.to_vec()).collect::<Vec<_>>(),
        bytes
    );
}

#[test]
fn names_each_defect() {
    let first = |bytes: &[u8]| fields(bytes).next().unwrap().unwrap_err();
    assert_eq!(first(&[0x0a, 5, 1]), WireError::Truncated);
    assert_eq!(first(&[0x80]), WireError::Truncated);
    assert_eq!(first(&[0xff; 11]), WireError::LongVarint);
    assert_eq!(first(&[0x0b]), WireError::WireType(3));
    assert_eq!(first(&[0x0d, 1, 2]), WireError::Truncated);
    assert_eq!(text(Value::Bytes(&[0xff])), Err(WireError::NotText));
}

#[test]
fn int64s_come_packed_or_one_by_one() {
    let mut out = Vec::new();
    int64s(Value::Varint(u64::MAX), &mut out).unwrap();
    int64s(Value::Bytes(&[1, 0xac, 2]), &mut out).unwrap();
    assert_eq!(out, [-1, 1, 300]);
    assert_eq!(int64s(Value::Bytes(&[0x80]), &mut out), Err(WireError::Truncated));
}

proptest! {
    #[test]
    fn never_panics_and_passes_on_every_byte(bytes: Vec<u8>) {
        let mut again = Vec::new();
        for field in fields(&bytes) {
            let Ok(field) = field else { break };
            again.extend_from_slice(field.raw);
        }
        prop_assert!(bytes.starts_with(&again));
    }
}
