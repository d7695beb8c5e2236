use std::time::{Duration, SystemTime};

use super::wire::{Message, Value, fields};
use super::*;

/// A model of one node and one tensor of `n` floats, with fields that no version of ONNX knows.
fn model(n: u64) -> Vec<u8> {
    let data: Vec<u8> = (0..n).flat_map(|i| (i as f32).to_le_bytes()).collect();
    let mut tensor = Message::default();
    tensor
        .uint(1, n)
        .uint(2, 1)
        .bytes(8, b"w")
        .bytes(9, &data)
        .bytes(77, b"kept");
    let mut graph = Message::default();
    graph
        .bytes(1, b"\x22\x04Relu")
        .bytes(2, b"g")
        .bytes(5, tensor.as_bytes())
        .uint(501, 5);
    let mut model = Message::default();
    model.uint(1, 8).bytes(7, graph.as_bytes()).uint(500, 4);
    model.finish()
}

fn write_model(dir: &Path, n: u64) -> PathBuf {
    let path = dir.join("model.onnx");
    fs::write(&path, model(n)).unwrap();
    path
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn weights_move_out_on_pages_and_nothing_else_changes() {
    let dir = tempfile::tempdir().unwrap();
    let source = write_model(dir.path(), 2000);
    let converted = convert(&source, &dir.path().join("made")).unwrap();
    assert!(converted.fresh);

    let plain = fs::read(&converted.plain).unwrap();
    let top: Vec<_> = fields(&plain).map(Result::unwrap).collect();
    assert_eq!(top.iter().map(|f| f.number).collect::<Vec<_>>(), [1, 500, 7]);
    let Value::Bytes(graph) = top[2].value else {
        panic!("graph")
    };
    let tensor = fields(graph).map(Result::unwrap).find(|f| f.number == 5).unwrap();
    let Value::Bytes(tensor) = tensor.value else {
        panic!("tensor")
    };
    let numbers: Vec<_> = fields(tensor).map(|f| f.unwrap().number).collect();
    assert_eq!(numbers, [1, 2, 8, 77, 13, 13, 13, 14]);
    assert!(fields(graph).any(|f| f.unwrap().number == 501));

    let weights = fs::read(converted.folder.join("weights.bin")).unwrap();
    assert_eq!(weights.len(), 8000);
    assert_eq!(weights[4..8], 1f32.to_le_bytes());
}

#[test]
fn made_once_and_again_when_the_source_changes() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("made");
    let source = write_model(dir.path(), 500);
    let first = convert(&source, &target).unwrap();
    let second = convert(&source, &target).unwrap();
    assert_eq!((first.folder.clone(), second.fresh), (second.folder, false));

    let later = SystemTime::now() + Duration::from_secs(5);
    File::options()
        .write(true)
        .open(&source)
        .unwrap()
        .set_modified(later)
        .unwrap();
    let third = convert(&source, &target).unwrap();
    assert!(third.fresh);
    assert!(!first.folder.exists(), "the older conversion is removed");
}

#[test]
fn what_a_killed_conversion_left_is_not_taken_for_a_whole_one() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("made");
    let source = write_model(dir.path(), 500);
    let name = folder_name(&fs::metadata(&source).unwrap()).unwrap();
    let unfinished = target.join(format!("{UNFINISHED}{name}"));
    fs::create_dir_all(&unfinished).unwrap();
    fs::write(unfinished.join("weights.bin"), b"half").unwrap();
    let converted = convert(&source, &target).unwrap();
    assert!(converted.fresh);
    assert_eq!(names(&target), [".convert.lock", &name]);
}

#[test]
fn what_was_cut_short_or_lost_since_is_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("made");
    let source = write_model(dir.path(), 500);
    let Converted { folder, .. } = convert(&source, &target).unwrap();
    let weights = folder.join("weights.bin");
    let cut_short = || File::options().write(true).open(&weights).unwrap().set_len(100);
    let faults: [&dyn Fn() -> io::Result<()>; 3] =
        [&cut_short, &|| fs::remove_file(folder.join(PLAIN_FILE)), &|| {
            fs::remove_file(folder.join(SIZES_FILE))
        }];
    for fault in faults {
        fault().unwrap();
        assert!(convert(&source, &target).unwrap().fresh);
        assert_eq!(fs::metadata(&weights).unwrap().len(), 2000);
        assert!(!convert(&source, &target).unwrap().fresh);
    }
}

#[test]
fn two_at_once_make_one() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("made");
    let source = write_model(dir.path(), 100_000);
    let fresh: Vec<bool> = std::thread::scope(|s| {
        let threads: Vec<_> = (0..4)
            .map(|_| s.spawn(|| convert(&source, &target).unwrap().fresh))
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert_eq!(fresh.iter().filter(|f| **f).count(), 1);
}

#[test]
fn a_bad_source_says_why_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("made");
    let absent = convert(&dir.path().join("none.onnx"), &target).unwrap_err();
    assert!(matches!(absent, ConvertError::Source { .. }), "{absent}");
    let path = dir.path().join("model.onnx");
    fs::write(&path, b"<html>404</html>").unwrap();
    let html = convert(&path, &target).unwrap_err();
    assert!(html.to_string().contains("not an ONNX file"), "{html}");
    let whole = model(500);
    fs::write(&path, &whole[..whole.len() - 100]).unwrap();
    assert!(matches!(convert(&path, &target), Err(ConvertError::Model { .. })));
    assert_eq!(names(&target), [".convert.lock"]);
    fs::write(&path, &whole).unwrap();
    fs::write(dir.path().join("file"), b"").unwrap();
    let target = dir.path().join("file").join("below");
    assert!(matches!(
        convert(&path, &target),
        Err(ConvertError::Target { .. })
    ));
}
