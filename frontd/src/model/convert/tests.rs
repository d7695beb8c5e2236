use std::{fs, os::unix::fs::PermissionsExt as _};

use super::*;

/// A program in the converter's place that runs `script`; `$4` is the model and `$5` the folder.
fn program(dir: &Path, script: &str) -> PathBuf {
    let path = dir.join("workerd");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[tokio::test]
async fn the_folder_and_its_report_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let workerd = program(
        dir.path(),
        r#"/bin/mkdir "$5/made" && echo "blocks 8" > "$5/made/report" && echo "$5/made""#,
    );
    let converted = convert(&workerd, &dir.path().join("model.onnx")).await.unwrap();
    assert_eq!(converted.plain, dir.path().join("made").join(PLAIN_FILE));
    assert_eq!(converted.report.blocks, 8);
}

#[tokio::test]
async fn a_converter_that_fails_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let model = dir.path().join("model.onnx");
    let workerd = program(
        dir.path(),
        "echo 'INFO reading' >&2; echo 'ERROR it holds no graph' >&2; exit 65",
    );
    let error = convert(&workerd, &model).await.unwrap_err();
    assert_eq!(error.to_string(), "it holds no graph");
    let workerd = program(dir.path(), "kill -9 $$");
    let error = convert(&workerd, &model).await.unwrap_err();
    assert!(error.to_string().contains("without a word"), "{error}");
    let error = convert(&dir.path().join("none"), &model).await.unwrap_err();
    assert!(matches!(error, ConvertError::Start { .. }), "{error}");
    let workerd = program(dir.path(), r#"echo "$5""#);
    let error = convert(&workerd, &model).await.unwrap_err();
    assert!(matches!(error, ConvertError::Report { .. }), "{error}");
}
