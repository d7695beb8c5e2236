//! A browser without a window, driven through WebDriver. `STUDIO_BROWSER` says which, see [`Kind`].

use std::{
    io::{BufRead, BufReader, Lines},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource, KeyAction, KeyActions, MouseActions, PointerAction},
    key::Key,
    wd::WindowHandle,
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

/// How long the page may take for anything that a test waits for.
fn patience() -> Duration {
    Duration::from_secs(if crate::real_model().is_some() { 180 } else { 30 })
}

/// How often a test looks at the page while it waits.
const GLANCE: Duration = Duration::from_millis(50);

/// Which browser, by `STUDIO_BROWSER`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Chromium without what is around a page. It starts for a quarter of the computing.
    Shell,
    /// `chromium`: all of it.
    Chromium,
    /// `firefox`, for tests that ask nothing of Chromium itself.
    Firefox,
}

impl Kind {
    fn wanted() -> Self {
        let wish = std::env::var("STUDIO_BROWSER").unwrap_or_default();
        match wish.as_str() {
            "firefox" => Self::Firefox,
            "chromium" => Self::Chromium,
            _ if program("chromium-headless-shell").is_none() => Self::Chromium,
            _ => Self::Shell,
        }
    }

    fn programs(self) -> [&'static str; 2] {
        match self {
            Self::Shell => ["chromium-headless-shell", "chromedriver"],
            Self::Chromium => ["chromium", "chromedriver"],
            Self::Firefox => ["firefox-esr", "geckodriver"],
        }
    }
}

/// One browser with a profile of its own; ends with the test.
pub(crate) struct Browser {
    client: Client,
    pub(crate) downloads: PathBuf,
    kind: Kind,
    _profile: tempfile::TempDir,
    _driver: Driver,
}

impl Browser {
    /// `None`, with a sentence, where there is no Chromium.
    pub(crate) async fn open(width: u32, height: u32) -> Option<Self> {
        if std::env::var_os("STUDIO_TESTS").is_some_and(|wish| wish == "off") {
            harness::skip("the browser stage of ops/test runs these");
            return None;
        }
        let kind = Kind::wanted();
        let [browser, driver] = kind.programs();
        let (Some(program), Some(driver)) = (program(browser), program(driver)) else {
            harness::skip(&format!(
                "there is no {browser} with {driver} (Debian: chromium-headless-shell, chromium-driver)"
            ));
            return None;
        };
        let (driver, port) = Driver::start(&driver);
        let profile = tempfile::tempdir().unwrap();
        let downloads = profile.path().join("downloads");
        std::fs::create_dir(&downloads).unwrap();
        let folder = profile.path().join("profile");
        let capabilities = match kind {
            Kind::Firefox => firefox_options(&program, &downloads, (width, height)),
            Kind::Chromium | Kind::Shell => chromium_options(kind, &program, (width, height), &folder),
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.as_object().unwrap().clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap();
        let browser = Self {
            client,
            downloads,
            kind,
            _profile: profile,
            _driver: driver,
        };
        if kind != Kind::Firefox {
            // The shell reads no preferences.
            let params = json!({ "behavior": "allow", "downloadPath": browser.downloads });
            browser.devtools("Browser.setDownloadBehavior", params).await;
        }
        browser.screen(width, height, false).await;
        Some(browser)
    }

    /// The width of a page that is nearest to `width` in this browser: a window of Firefox has at least 500 pixels.
    pub(crate) fn nearest(&self, width: u32) -> u32 {
        if self.kind == Kind::Firefox {
            width.max(500)
        } else {
            width
        }
    }

    /// The size of the page itself, smaller than any window can be.
    pub(crate) async fn screen(&self, width: u32, height: u32, phone: bool) {
        if self.kind == Kind::Firefox {
            // The window's own head is not the page.
            const HEAD: u32 = 86;
            self.client.set_window_size(width, height + HEAD).await.unwrap();
            return;
        }
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    pub(crate) async fn devtools(&self, command: &str, params: Value) -> Value {
        let command = Devtools(json!({ "cmd": command, "params": params }));
        self.client.issue_cmd(command).await.unwrap()
    }

    pub(crate) async fn goto(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// Opens the studio and waits until it knows the voices.
    pub(crate) async fn studio(&self, server: &str) {
        self.goto(&format!("{server}/web/")).await;
        self.until("store.voices.length > 0").await;
    }

    /// Opens the studio in another tab of the same browser and goes there; gives what leads back.
    pub(crate) async fn another_tab(&self, server: &str) -> WindowHandle {
        let here = self.client.window().await.unwrap();
        let there = self.client.new_window(true).await.unwrap().handle;
        self.client.switch_to_window(there).await.unwrap();
        self.studio(server).await;
        here
    }

    /// Goes to a tab; gives what leads back.
    pub(crate) async fn go_to_tab(&self, tab: WindowHandle) -> WindowHandle {
        let here = self.client.window().await.unwrap();
        self.client.switch_to_window(tab).await.unwrap();
        here
    }

    pub(crate) async fn reload(&self) {
        self.client.refresh().await.unwrap();
        self.until("store.voices.length > 0").await;
    }

    /// Runs `code` in the page, where `store`, `player`, `hook(name)` and `module(path)` are at hand; gives what it returns.
    pub(crate) async fn run(&self, code: &str) -> Value {
        // In Firefox what a driver imports is not what the page has imported: `with_a_door`.
        let modules = if self.kind == Kind::Firefox {
            "const door = () => window.wrappedJSObject?.module ?? window.module;
             while (!door()) await new Promise((done) => setTimeout(done, 20));
             const module = door();"
        } else {
            "const main = document.querySelector('script[type=module]').src;
             const module = async (path) => (await import(main)).modules[path];"
        };
        let script = format!(
            "const done = arguments[arguments.length - 1];
             (async () => {{
                {modules}
                const {{ store }} = await module('state.js');
                const {{ player }} = await module('player/player.js');
                const hook = (name) => document.querySelector(`[data-${{name}}]`);
                return await (async () => {{ {code} }})();
             }})().then((value) => done([value ?? null]), (error) => done(String(error.stack ?? error)));"
        );
        match self.client.execute_async(&script, vec![]).await.unwrap() {
            Value::Array(mut value) => value.pop().unwrap(),
            fault => panic!("the page's code failed: {fault}\n{code}"),
        }
    }

    /// The value of an expression.
    pub(crate) async fn value(&self, expression: &str) -> Value {
        self.run(&format!("return {expression}")).await
    }

    pub(crate) async fn number(&self, expression: &str) -> f64 {
        let value = self.value(expression).await;
        value
            .as_f64()
            .unwrap_or_else(|| panic!("{expression} is {value}"))
    }

    pub(crate) async fn text(&self, hook: &str) -> String {
        let text = self.value(&format!("hook('{hook}').textContent")).await;
        text.as_str().unwrap().to_owned()
    }

    /// Waits until an expression is true in the page.
    pub(crate) async fn until(&self, expression: &str) {
        let begun = Instant::now();
        while self.value(&format!("Boolean({expression})")).await != Value::Bool(true) {
            if begun.elapsed() > patience() {
                let job = self.value("store.job").await;
                panic!("never became true: {expression} (job {job})");
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Presses what has the hook, as a hand would.
    pub(crate) async fn click(&self, hook: &str) {
        self.click_on(&format!("[data-{hook}]")).await;
    }

    pub(crate) async fn click_on(&self, selector: &str) {
        let element = self.client.find(Locator::Css(selector)).await.unwrap();
        element
            .click()
            .await
            .unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    pub(crate) async fn write(&self, script: &str) {
        self.run(&format!("store.script = {}", json!(script))).await;
    }

    /// Writes a script and has all of it said.
    pub(crate) async fn generate(&self, script: &str) {
        self.write(script).await;
        self.generate_again().await;
    }

    /// Has all of the script said, as it is now.
    pub(crate) async fn generate_again(&self) {
        self.run("store.job = { phase: 'idle' }").await;
        self.click("go").await;
        self.until("store.job.phase === 'finished'").await;
    }

    /// Presses keys one after another, wherever the focus is.
    pub(crate) async fn keys(&self, keys: &[char]) {
        let presses = keys
            .iter()
            .fold(KeyActions::new("keys".to_owned()), |actions, &value| {
                actions
                    .then(KeyAction::Down { value })
                    .then(KeyAction::Up { value })
            });
        self.client.perform_actions(presses).await.unwrap();
    }

    /// Moves the mouse to where some words stand last in the script.
    pub(crate) async fn point_at(&self, words: &str) {
        let place = format!(
            "const {{ mirror }} = await module('script/editor.js');
             const {{ left, top, width, height }} = mirror.rectAt(store.script.lastIndexOf({}));
             return [left + width / 2, top + height / 2]",
            json!(words)
        );
        let [x, y]: [f64; 2] = serde_json::from_value(self.run(&place).await).unwrap();
        // A mouse that is there already tells nothing.
        let to = |x| PointerAction::MoveTo { duration: None, x, y };
        let moves = MouseActions::new("mouse".to_owned())
            .then(to(x - 1.0))
            .then(to(x));
        self.client.perform_actions(moves).await.unwrap();
    }

    /// Ctrl+Z, wherever the focus is.
    pub(crate) async fn undo_key(&self) {
        let control = char::from(Key::Control);
        let keys = KeyActions::new("keys".to_owned())
            .then(KeyAction::Down { value: control })
            .then(KeyAction::Down { value: 'z' })
            .then(KeyAction::Up { value: 'z' })
            .then(KeyAction::Up { value: control });
        self.client.perform_actions(keys).await.unwrap();
    }

    /// The cursor goes to where some words stand last in the script.
    pub(crate) async fn cursor(&self, words: &str) {
        self.run(&format!(
            "const at = store.script.lastIndexOf({}); hook('script').focus(); hook('script').setSelectionRange(at, at); await new Promise(requestAnimationFrame)",
            json!(words)
        ))
        .await;
    }

    /// Presses the Undo that was offered last.
    pub(crate) async fn undo_last(&self) {
        self.run("[...document.querySelectorAll('[data-undo]')].at(-1).click()")
            .await;
    }

    /// Goes on with Tab until the expression is true of `focus`, the focused element.
    pub(crate) async fn tab_to(&self, expression: &str) {
        for _ in 0..200 {
            self.keys(&[char::from(Key::Tab)]).await;
            let there = format!("((focus) => Boolean({expression}))(document.activeElement)");
            if self.value(&there).await == Value::Bool(true) {
                return;
            }
        }
        panic!("Tab never reached {expression}");
    }

    /// A file that was downloaded, once it is whole.
    pub(crate) async fn downloaded(&self, name: &str) -> Vec<u8> {
        let path = self.downloads.join(name);
        let begun = Instant::now();
        // Firefox makes an empty file first, and writes beside it.
        let whole = || {
            let part = self.downloads.join(format!("{name}.part"));
            path.metadata().is_ok_and(|file| file.len() > 0) && !part.exists()
        };
        while !whole() {
            let found: Vec<_> = std::fs::read_dir(&self.downloads)
                .unwrap()
                .flatten()
                .map(|e| e.file_name())
                .collect();
            assert!(
                begun.elapsed() < patience(),
                "{name} was never downloaded; there is {found:?}"
            );
            tokio::time::sleep(GLANCE).await;
        }
        std::fs::read(path).unwrap()
    }

    /// Keeps a picture of the page in the folder that `STUDIO_SCREENSHOTS` names, if it names one.
    pub(crate) async fn picture(&self, name: &str) {
        let Some(folder) = std::env::var_os("STUDIO_SCREENSHOTS") else {
            return;
        };
        // Menus and the history slide in.
        tokio::time::sleep(Duration::from_millis(350)).await;
        let png = self.client.screenshot().await.unwrap();
        std::fs::write(Path::new(&folder).join(format!("{name}.png")), png).unwrap();
    }

    pub(crate) async fn close(self) {
        self.client.clone().close().await.unwrap();
    }
}

fn chromium_options(kind: Kind, program: &Path, (width, height): (u32, u32), profile: &Path) -> Value {
    json!({
        // By the wrong name the driver waits a minute for a page that the shell never opens.
        "browserName": if kind == Kind::Shell { "chrome-headless-shell" } else { "chrome" },
        "goog:chromeOptions": {
            "binary": program,
            "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--mute-audio",
                "--hide-scrollbars", "--no-first-run",
                // Two pages for the address bar, which nobody sees and which cost half of a browser's start.
                "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
                format!("--window-size={width},{height}"),
                format!("--user-data-dir={}", profile.display()),
            ],
            "prefs": {
                // Without these it opens a page of its own, and the driver waits for that before its first command: in half of the
                // starts for one second or for five. In about:blank the address bar would have the focus.
                "session.restore_on_startup": 4,
                "session.startup_urls": ["data:,"],
                // A person is asked once, whether a page may download several files.
                "profile.default_content_setting_values.automatic_downloads": 1,
            },
        },
    })
}

fn firefox_options(program: &Path, downloads: &Path, (width, height): (u32, u32)) -> Value {
    json!({
        "moz:firefoxOptions": {
            "binary": program,
            "args": ["-headless", format!("--width={width}"), format!("--height={height}")],
            "prefs": {
                "browser.download.folderList": 2,
                "browser.download.dir": downloads,
                "media.autoplay.default": 0,
                "media.autoplay.blocking_policy": 0,
                "media.volume_scale": "0.0",
            },
        },
    })
}

pub(crate) fn in_firefox() -> bool {
    Kind::wanted() == Kind::Firefox
}

/// Chromium's own commands, which WebDriver passes on.
#[derive(Debug)]
struct Devtools(Value);

impl fantoccini::wd::WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!(
            "session/{}/goog/cdp/execute",
            session.unwrap_or_default()
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.0.to_string()))
    }
}

struct Driver {
    child: Child,
    /// Kept open, so that it never writes to nobody.
    _said: Lines<BufReader<ChildStdout>>,
}

impl Driver {
    fn start(program: &Path) -> (Self, u16) {
        let mut child = Command::new(program)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let (_, port) = line
                .split_once("successfully on port ")
                .or_else(|| line.split_once("Listening on 127.0.0.1:"))?;
            port.trim_end_matches('.').parse().ok()
        });
        let driver = Self { child, _said: lines };
        (driver, port.expect("the driver tells its port"))
    }
}

impl Drop for Driver {
    /// With the browser, which would outlive the driver of a test that failed.
    fn drop(&mut self) {
        let group = nix::unistd::Pid::from_raw(self.child.id().cast_signed());
        let _ = nix::sys::signal::killpg(group, nix::sys::signal::Signal::SIGKILL);
        let _ = self.child.wait();
    }
}

fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}
