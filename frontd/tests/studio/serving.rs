//! How the page is served: types, validators, policy, redirects, and what is not there. No browser is needed.

use std::path::{Path, PathBuf};

use harness::Server;

struct Answer {
    status: u16,
    headers: ureq::http::HeaderMap,
    body: String,
    /// As sent.
    bytes: usize,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

fn get(server: &Server, path: &str, known: &str) -> Answer {
    ask(server, path, &[("If-None-Match", known)])
}

fn ask(server: &Server, path: &str, headers: &[(&str, &str)]) -> Answer {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .max_redirects(0)
        .http_status_as_error(false)
        .build()
        .into();
    let mut request = agent.get(format!("{}{path}", server.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut answer = request.call().unwrap();
    let body = answer.body_mut().read_to_vec().unwrap();
    Answer {
        status: answer.status().as_u16(),
        headers: answer.headers().clone(),
        body: String::from_utf8_lossy(&body).into_owned(),
        bytes: body.len(),
    }
}

/// What a page names, in order.
fn addresses_of(page: &Answer) -> Vec<&str> {
    let named = page.body.split('"');
    let named = named.filter(|text| [".js", ".svg", ".woff2"].iter().any(|end| text.ends_with(end)));
    let once: std::collections::BTreeSet<_> = named.collect();
    once.into_iter().collect()
}

#[test]
fn the_page_has_type_validator_and_a_strict_policy() {
    let server = Server::start(&[]);
    for path in ["/", "/web"] {
        let lead = get(&server, path, "");
        assert_eq!((lead.status, lead.header("location")), (307, "web/"), "{path}");
    }
    let page = get(&server, "/web/", "");
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, "text/html; charset=utf-8")
    );
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    let etag = page.header("etag");
    for known in [
        etag.to_owned(),
        format!("\"other\", {}", etag.trim_start_matches("W/")),
        "*".to_owned(),
    ] {
        let again = get(&server, "/web/", &known);
        assert_eq!((again.status, again.body.len()), (304, 0), "{known}");
    }
    assert_eq!(get(&server, "/web/", "\"other\"").status, 200);
    for (path, kind) in [
        ("/web/src/main.js", "text/javascript; charset=utf-8"),
        ("/web/styles/base.css", "text/css; charset=utf-8"),
        ("/web/icon.svg", "image/svg+xml"),
        ("/web/fonts/inter.woff2", "font/woff2"),
    ] {
        let file = get(&server, path, "");
        assert_eq!((file.status, file.header("content-type")), (200, kind), "{path}");
    }
}

#[test]
fn all_but_the_page_is_kept_for_a_year_under_its_version() {
    let server = Server::start(&[]);
    let page = get(&server, "/web/", "");
    assert_eq!(page.header("cache-control"), "no-cache");
    let addresses = addresses_of(&page);
    let version = addresses[0].split_once('/').unwrap().0;
    for address in &addresses {
        assert!(address.starts_with(version), "{address}");
        let file = get(&server, &format!("/web/{address}"), "");
        assert_eq!(file.status, 200, "{address}");
        let kept = file.header("cache-control");
        assert!(
            kept.contains("max-age=31536000") && kept.contains("immutable"),
            "{address}: {kept}"
        );
    }
    // Code, font and icon, and nothing that is found only when one of these has come.
    let files = ["fonts/inter.woff2", "icon.svg", "studio.js"].map(|name| format!("{version}/{name}"));
    assert_eq!(addresses, files);
    // What has no version, or that of another release, may have changed when it is asked for again.
    for path in ["/web/src/main.js", "/web/0123456789abcdef/src/main.js"] {
        let file = get(&server, path, "");
        assert_eq!(
            (file.status, file.header("cache-control")),
            (200, "no-cache"),
            "{path}"
        );
    }
    let web = concat!(env!("CARGO_MANIFEST_DIR"), "/../web");
    let server = Server::start(&[("WEB_DIR", web)]);
    for path in ["/web/", "/web/src/main.js"] {
        let file = get(&server, path, "*");
        assert_eq!(
            (file.status, file.header("cache-control"), file.header("etag")),
            (200, "no-store", ""),
            "{path}"
        );
    }
}

#[test]
fn texts_are_compressed_and_fonts_are_not() {
    let server = Server::start(&[]);
    for path in [
        "/web/",
        "/web/src/player/take.js",
        "/web/styles/mixer.css",
        "/openapi.json",
    ] {
        let plain = ask(&server, path, &[("Accept-Encoding", "identity")]);
        assert_eq!(plain.header("content-encoding"), "", "{path}");
        for coding in ["br", "gzip"] {
            let answer = ask(&server, path, &[("Accept-Encoding", coding)]);
            assert_eq!(
                (answer.header("content-encoding"), answer.header("vary")),
                (coding, "accept-encoding"),
                "{path}"
            );
            assert_eq!(answer.header("etag"), plain.header("etag"), "{path}");
            assert!(answer.bytes * 2 < plain.bytes, "{path} by {coding}");
        }
    }
    let font = ask(
        &server,
        "/web/fonts/inter.woff2",
        &[("Accept-Encoding", "br, gzip")],
    );
    assert_eq!(font.header("content-encoding"), "");
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let files = entries.map(|entry| entry.path()).map(|path| {
        if path.is_dir() {
            files_in(&path)
        } else {
            vec![path]
        }
    });
    files.flatten().collect()
}

#[test]
fn nothing_else_is_served() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret.txt"), "secret").unwrap();
    let web = folder.path().join("web");
    std::fs::create_dir(&web).unwrap();
    std::fs::write(web.join("index.html"), "from the folder").unwrap();
    let server = Server::start(&[("WEB_DIR", web.to_str().unwrap())]);
    assert_eq!(get(&server, "/web/", "").body, "from the folder");
    for path in [
        "/web/../secret.txt",
        "/web/%2e%2e/secret.txt",
        "/web/..%2fsecret.txt",
        "/web//etc/passwd.txt",
        "/web/%2fetc%2fpasswd.txt",
        "/web/none.js",
        "/web/index.php",
        "/web/index.html%00.js",
    ] {
        let answer = get(&server, path, "");
        assert_eq!(answer.status, 404, "{path}: {}", answer.body);
    }
}

#[test]
fn it_can_be_switched_off() {
    let server = Server::start(&[("ENABLE_WEB_PLAYER", "false")]);
    for path in ["/", "/web", "/web/", "/web/src/main.js"] {
        assert_eq!(get(&server, path, "").status, 404, "{path}");
    }
}

/// What a first visit loads, as it crosses the wire: compressed, as every browser asks for it.
#[test]
fn a_visit_loads_less_than_150_kb_compressed_and_its_font_is_less_than_50() {
    let server = Server::start(&[]);
    let sent = |path: &str| ask(&server, path, &[("Accept-Encoding", "br, gzip")]).bytes;
    let mut all = sent("/web/");
    let page = get(&server, "/web/", "");
    for file in addresses_of(&page) {
        let bytes = sent(&format!("/web/{file}"));
        all += bytes;
        assert!(
            !file.ends_with(".woff2") || bytes < 50_000,
            "{file}: {bytes} bytes"
        );
    }
    println!("a visit loads {all} bytes");
    assert!((100_000..150_000).contains(&all), "{all} bytes");
}

#[test]
fn nothing_is_named_that_lies_elsewhere_and_modules_are_small() {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web");
    let mut lines = Vec::new();
    for path in files_in(&web) {
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        assert!(
            !text.contains("//cdn") && !text.contains("https://fonts"),
            "{}",
            path.display()
        );
        if path.extension().is_some_and(|ending| ending == "js") {
            lines.push(text.lines().count());
        }
    }
    lines.sort_unstable();
    assert!(lines[lines.len() / 2] < 80, "{lines:?}");
}
