//! How names and jargon are said: the server's list and a request's own.

use serde_json::{Value, json};

use harness::{Server, wav};

struct Answer {
    status: u16,
    kind: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into()
}

fn answer(mut answer: ureq::http::Response<ureq::Body>) -> Answer {
    Answer {
        status: answer.status().as_u16(),
        kind: answer
            .headers()
            .get("content-type")
            .map_or_else(String::new, |kind| kind.to_str().unwrap().to_owned()),
        body: answer.body_mut().read_to_string().unwrap(),
    }
}

fn get(server: &Server, accept: &str) -> Answer {
    let request = agent()
        .get(format!("{}/v1/lexicon", server.url))
        .header("Accept", accept);
    answer(request.call().unwrap())
}

fn put(server: &Server, kind: &str, body: &str) -> Answer {
    let request = agent()
        .put(format!("{}/v1/lexicon", server.url))
        .content_type(kind);
    answer(request.send(body).unwrap())
}

fn with_file(text: &str) -> (tempfile::TempDir, Server) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lexicon.txt");
    std::fs::write(&file, text).unwrap();
    let server = Server::start(&[
        ("LEXICON_FILE", file.to_str().unwrap()),
        ("SEGMENT_CACHE_MB", "64"),
    ]);
    (folder, server)
}

#[test]
fn what_is_put_counts_for_the_next_request_and_stands_in_the_file() {
    let (folder, server) = with_file("# mine\nnginx = engine x\ngb: GIF = /ʤˈɪf/\n");
    let list = get(&server, "*/*").json();
    assert_eq!(
        list,
        json!({"writable": true, "entries": [{"word": "nginx", "say": "engine x"}, {"word": "GIF", "phonemes": "ʤˈɪf", "dialect": "gb"}]})
    );
    let before = server.speech(&wav("Ask Nguyen."));
    let entries =
        json!([{"word": "Nguyen", "say": "nuh-WIN-uh-loh-vee"}, {"word": "Kokoro", "phonemes": "kˈOkəɹO"}]);
    let put_back = put(
        &server,
        "application/json",
        &json!({"entries": entries}).to_string(),
    );
    assert_eq!(
        (put_back.status, &put_back.json()["entries"]),
        (200, &entries),
        "{}",
        put_back.body
    );
    let after = server.speech(&wav("Ask Nguyen."));
    assert!(
        after.len() > before.len() + 10_000,
        "{} and {}",
        before.len(),
        after.len()
    );
    let file = std::fs::read_to_string(folder.path().join("lexicon.txt")).unwrap();
    assert!(
        file.ends_with("Nguyen = nuh-WIN-uh-loh-vee\nKokoro = /kˈOkəɹO/\n"),
        "{file}"
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn faults_are_told_for_each_entry_and_change_nothing() {
    let (_folder, server) = with_file("nginx = engine x\n");
    for (kind, body) in [
        (
            "application/json",
            r#"{"entries":[{"word":"a","say":"b"},{"word":"c"},{"word":"d","phonemes":"☃"}]}"#,
        ),
        ("text/csv", "word,say,phonemes\na,b,\nc,,\nd,,☃\n"),
    ] {
        let refused = put(&server, kind, body);
        assert_eq!(refused.status, 422, "{}", refused.body);
        let answer = refused.json();
        let faults: Vec<_> = answer["faults"]
            .as_array()
            .unwrap()
            .iter()
            .map(|fault| fault["entry"].as_u64().unwrap())
            .collect();
        assert_eq!(faults, [1, 2]);
        assert_eq!(answer["error"]["code"], "invalid_lexicon");
    }
    for (kind, body, status) in [
        ("application/json", "{", 400),
        ("application/json", "{}", 422),
        ("text/plain", "a = b", 415),
        // A row may end early.
        ("text/csv", "word,say,phonemes\na", 422),
        ("text/csv", "word,say\n\u{0}\\,\"", 422),
    ] {
        assert_eq!(put(&server, kind, body).status, status, "{kind} {body}");
    }
    assert_eq!(
        get(&server, "*/*").json()["entries"],
        json!([{"word": "nginx", "say": "engine x"}])
    );
}

#[test]
fn csv_goes_out_and_comes_back() {
    let (_folder, server) = with_file("New York = noo YAWK\nus: GIF = /ʤˈɪf/\nC++ = see, plus plus\n");
    let exported = get(&server, "text/csv");
    assert_eq!(exported.kind, "text/csv; charset=utf-8");
    assert_eq!(
        exported.body,
        "word,say,phonemes,dialect\nNew York,noo YAWK,,\nGIF,,ʤˈɪf,us\nC++,\"see, plus plus\",,\n"
    );
    let list = get(&server, "*/*").json();
    assert_eq!(
        put(&server, "application/json", r#"{"entries":[]}"#).json()["entries"],
        json!([])
    );
    assert_eq!(
        put(
            &server,
            "text/csv; charset=utf-8",
            &format!("\u{FEFF}{}", exported.body)
        )
        .json(),
        list
    );
}

#[test]
fn it_needs_a_file_and_the_key() {
    let server = Server::start(&[]);
    assert_eq!(
        get(&server, "*/*").json(),
        json!({"writable": false, "entries": []})
    );
    let refused = put(&server, "application/json", r#"{"entries":[]}"#);
    assert_eq!(
        (refused.status, &refused.json()["error"]["code"]),
        (409, &json!("no_lexicon"))
    );
    let server = Server::start(&[("API_KEYS", "sk-a")]);
    assert_eq!(get(&server, "*/*").status, 401);
    assert_eq!(put(&server, "application/json", r#"{"entries":[]}"#).status, 401);
}

#[test]
fn the_words_of_a_request_go_first_and_its_sound_is_not_kept_for_others() {
    let (_folder, server) = with_file("Nguyen = win\n");
    let plain = server.speech(&wav("Ask Nguyen."));
    let mut own = wav("Ask Nguyen.");
    own["lexicon"] = json!([{"word": "Nguyen", "say": "a very long way to say it"}]);
    let long = server.speech(&own);
    assert!(long.len() > plain.len() + 20_000);
    assert!(server.speech(&wav("Ask Nguyen.")) == plain && server.speech(&own) == long);
}

#[test]
fn captions_tell_which_words_were_guessed() {
    let (_folder, server) = with_file("Siobhan = shih-VAWN\n");
    let body = json!({"input": "Ask Siobhan about the zorgblatts today.", "voice": "af_heart"});
    let (status, text, _) = server.post("/v1/audio/speech/captions", &body.to_string());
    assert_eq!(status, 200, "{text}");
    let answer: Value = serde_json::from_str(&text).unwrap();
    let words = answer["timestamps"].as_array().unwrap();
    let guessed: Vec<_> = words
        .iter()
        .filter(|word| word["guessed"] == true)
        .map(|word| word["word"].as_str().unwrap())
        .collect();
    assert_eq!((words.len(), guessed), (6, vec!["zorgblatts"]), "{text}");
}
