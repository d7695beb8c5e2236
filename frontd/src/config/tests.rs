use super::*;
use crate::segments::Limit;

fn read(variables: &[(&str, &str)]) -> Result<Config, Faults> {
    let environment = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Config::read(environment).map(|(config, _)| config)
}

#[test]
fn everything_has_a_default() {
    let config = read(&[]).unwrap();
    assert_eq!(config.server.port, 8880);
    assert_eq!(config.model.default_voice, "af_heart");
    assert!(config.workers.count >= 1);
}

#[test]
fn an_empty_variable_is_unset() {
    assert_eq!(read(&[("PORT", ""), ("DEVICE", " ")]).unwrap().server.port, 8880);
}

#[test]
fn all_faults_are_told_at_once() {
    let faults = read(&[
        ("PORT", "eighty"),
        ("WORKERS", "0"),
        ("USE_GPU", "true"),
        ("DEVICE", "cuda"),
        ("MODEL", "piper"),
        ("LOG_FORMAT", "xml"),
        ("MP3_BITRATE", "320"),
        ("ENABLE_WEB_PLAYER", "maybe"),
    ])
    .unwrap_err();
    assert_eq!(faults.0.len(), 8, "{faults}");
    assert!(
        faults
            .to_string()
            .contains("PORT: must be a number from 0 to 65535, not \"eighty\""),
        "{faults}"
    );
}

#[test]
fn what_is_in_force_is_told() {
    let environment = [("PORT".to_owned(), "81".to_owned())].into();
    let (_, values) = Config::read(environment).unwrap();
    let value = |name: &str| {
        values
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(value("PORT"), Some("81"));
    assert_eq!(value("MAX_QUEUE"), Some("16"));
    assert_eq!(value("WEB_DIR"), Some("(unset)"));
}

#[test]
fn a_variable_that_looks_like_ours_is_told() {
    let config = read(&[("WORKER_THREAD", "2"), ("PYTHONPATH", "/x")]).unwrap();
    assert_eq!(
        config.lookalikes,
        [("WORKER_THREAD".to_owned(), "WORKER_THREADS".to_owned())]
    );
}

#[test]
fn a_secret_may_be_in_a_file() {
    let dir = tempfile::TempDir::new().unwrap();
    let path = dir.path().join("keys");
    std::fs::write(&path, "one\n\n two \n").unwrap();
    let file = path.to_str().unwrap().to_owned();
    let reader = |variables: &[(&str, &str)]| {
        Reader::new(
            variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    };
    assert_eq!(
        reader(&[("KEYS_FILE", &file)]).secret("KEYS").as_deref(),
        Some("one,two")
    );
    assert_eq!(
        reader(&[("KEYS_FILE", &file), ("KEYS", "three")])
            .secret("KEYS")
            .as_deref(),
        Some("three")
    );

    let mut missing = reader(&[("KEYS_FILE", "/nowhere")]);
    assert_eq!(missing.secret("KEYS"), None);
    assert_eq!(missing.finish().unwrap_err()[0].variable, "KEYS_FILE");

    let mut shown = reader(&[("KEYS", "three")]);
    shown.secret("KEYS");
    assert!(!format!("{:?}", shown.finish().unwrap()).contains("three"));
}

#[test]
fn a_node_id_is_one_label_of_a_host_name() {
    let node = |id: &str| read(&[("NODE_ID", id)]).map(|config| config.server.node_id);
    assert_eq!(node("").unwrap(), None);
    assert_eq!(node("pod-7").unwrap().as_deref(), Some("pod-7"));
    assert!(
        node("hostname")
            .unwrap()
            .is_some_and(|id| id != "hostname" && crate::store::is_node(&id))
    );
    for wrong in ["a.b", "-a", "a-", "A", "a/b", "../x"] {
        assert!(node(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_limit_of_a_segment_is_a_number() {
    let limit = |value: &str| read(&[("SEGMENT_TOKENS", value)]).map(|config| config.text.limit);
    assert_eq!(limit("").unwrap(), Limit::default());
    assert_eq!(limit("100").unwrap().to_string(), "100");
    // A list, as earlier releases took it.
    assert_eq!(limit("32,64, 220").unwrap().to_string(), "220");
    for wrong in ["39", "511", "220,", "32;80", "-1", "a"] {
        let told = limit(wrong).unwrap_err().to_string();
        assert!(
            told.starts_with("SEGMENT_TOKENS: must be a number from 40 to 510"),
            "{told}"
        );
    }
}

#[test]
fn access_is_checked() {
    let access = read(&[
        ("API_KEYS", " sk-a, ,sk-b "),
        ("CORS_ORIGINS", "https://a.example, http://localhost:3000"),
        ("ROOT_PATH", "/tts/"),
    ])
    .unwrap()
    .access;
    assert_eq!(access.api_keys, ["sk-a", "sk-b"]);
    assert_eq!(
        access.cors_origins,
        ["https://a.example", "http://localhost:3000"]
    );
    assert_eq!(access.root_path, "/tts");
    assert!(
        read(&[("CORS_ORIGINS", "none")])
            .unwrap()
            .access
            .cors_origins
            .is_empty()
    );
    for bad in ["tts", "/a b", "/a//b", "/\"x", "/a?b"] {
        assert!(read(&[("ROOT_PATH", bad)]).is_err(), "{bad}");
    }
    for bad in ["example.com", "https://a.example/path", "https://"] {
        assert!(read(&[("CORS_ORIGINS", bad)]).is_err(), "{bad}");
    }
}

#[test]
fn keys_are_not_shown() {
    let environment = [("API_KEYS".to_owned(), "sk-secret".to_owned())].into();
    let (_, values) = Config::read(environment).unwrap();
    assert!(values.iter().all(|(_, value)| !value.contains("secret")));
}

#[test]
fn voice_aliases_come_from_a_file() {
    let dir = tempfile::TempDir::new().unwrap();
    let path = dir.path().join("aliases.json");
    let file = path.to_str().unwrap().to_owned();
    std::fs::write(&path, r#"{"voices": {"host": "bm_george(2)+bm_lewis"}}"#).unwrap();
    let access = read(&[("VOICE_ALIASES_FILE", &file)]).unwrap().access;
    assert_eq!(access.voice_aliases["host"], "bm_george(2)+bm_lewis");
    std::fs::write(&path, r#"{"host": "+"}"#).unwrap();
    assert!(read(&[("VOICE_ALIASES_FILE", &file)]).is_err());
    assert!(read(&[("VOICE_ALIASES_FILE", "/nowhere")]).is_err());
}

#[test]
fn durations_are_written_as_people_write_them() {
    let drain = |variables: &[(&str, &str)]| read(variables).map(|config| config.server.drain.as_millis());
    assert_eq!(drain(&[]).unwrap(), 25_000);
    assert_eq!(drain(&[("DRAIN", "1m 30s")]).unwrap(), 90_000);
    assert_eq!(drain(&[("DRAIN", "1500ms")]).unwrap(), 1500);
    assert_eq!(drain(&[("DRAIN_SECONDS", "7")]).unwrap(), 7000);
    // Compose sets the former one for everybody.
    assert_eq!(drain(&[("DRAIN", "9s"), ("DRAIN_SECONDS", "60")]).unwrap(), 9000);
    let told = drain(&[("DRAIN", "25")]).unwrap_err().to_string();
    assert_eq!(
        told,
        "DRAIN: must be a duration from 0s to 1h with its unit, such as 90s or 1h 30m, not \"25\""
    );
    for (variable, wrong) in [
        ("DRAIN", "2h"),
        ("DRAIN_SECONDS", "3601"),
        ("MAX_WAIT", "0s"),
        ("JOB_DEADLINE", "soon"),
        ("WRITE_TIMEOUT", "-1s"),
        ("MAX_TEMP_DIR_AGE", "1s"),
        ("MAX_TEMP_DIR_AGE_HOURS", "0"),
    ] {
        let faults = read(&[(variable, wrong)]).unwrap_err();
        assert_eq!(faults.0.len(), 1, "{faults}");
        assert_eq!(faults.0[0].variable, variable, "{faults}");
    }
    let age = read(&[("MAX_TEMP_DIR_AGE", "1day")]).unwrap().folders.max_age;
    assert_eq!(age.as_secs(), 86_400);
    let environment = [("MAX_WAIT_SECONDS".to_owned(), "90".to_owned())].into();
    let (_, values) = Config::read(environment).unwrap();
    assert!(values.contains(&("MAX_WAIT".to_owned(), "1m 30s".to_owned())));
}

/// The variables that a deployment is promised: each is honoured, and what it cannot be is refused by name.
#[test]
fn every_promised_variable_is_honoured_or_refused() {
    type Honoured = fn(&Config) -> bool;
    let promised: [(&str, &str, Honoured, &str); 14] = [
        ("USE_GPU", "false", |_| true, "true"),
        ("DEVICE", "cpu", |_| true, "cuda"),
        ("DOWNLOAD_MODEL", "true", |c| c.model.download, "perhaps"),
        (
            "OUTPUT_DIR_SIZE_LIMIT_MB",
            "7",
            |c| c.folders.output_mb == 7,
            "-1",
        ),
        ("MAX_TEMP_DIR_SIZE_MB", "7", |c| c.folders.temp_mb == 7, "0"),
        (
            "MAX_TEMP_DIR_AGE_HOURS",
            "2",
            |c| c.folders.max_age.as_secs() == 7200,
            "1.5h",
        ),
        ("ENABLE_WEB_PLAYER", "false", |c| !c.web.enabled, "maybe"),
        ("WORKERS", "3", |c| c.workers.count == 3, "65"),
        ("SPARE_WORKERS", "0", |c| c.workers.spare == 0, "-1"),
        ("WORKER_THREADS", "2", |c| c.workers.threads == 2, "none"),
        ("KERNELS", "off", |c| c.workers.kernels == "off", "on"),
        ("KERNELS_ISA", "avx2", |c| c.workers.isa == Some("avx2"), "sse"),
        (
            "WORKER_MEMORY_MB",
            "900",
            |c| c.workers.memory_mb == Some(900),
            "1G",
        ),
        ("PORT", "8881", |c| c.server.port == 8881, "http"),
    ];
    for (variable, good, honoured, bad) in promised {
        assert!(honoured(&read(&[(variable, good)]).unwrap()), "{variable}={good}");
        let faults = read(&[(variable, bad)]).unwrap_err();
        assert_eq!(faults.0.len(), 1, "{variable}={bad}");
        assert_eq!(faults.0[0].variable, variable);
    }
    // Any text is a voice's name or a list of keys.
    let config = read(&[("DEFAULT_VOICE", "bm_george"), ("API_KEYS", "a,b")]).unwrap();
    assert_eq!(config.model.default_voice, "bm_george");
    assert_eq!(config.access.api_keys, ["a", "b"]);
}
