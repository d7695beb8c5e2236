//! An HTTP server that does as it is told: honestly by default, wrongly where a script says so.

use std::{
    collections::{HashMap, VecDeque},
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

/// One answer. `Cut` and `SilenceAfter` count bytes of the body.
#[derive(Debug, Clone)]
pub(in crate::model::install) enum Reply {
    /// The promised length, then fewer bytes and the end of the connection.
    Cut(usize),
    /// Promises less than the file has.
    TooShort,
    /// Promises more than the file has.
    TooLong,
    /// 200 and a page of nine bytes.
    NotFoundPage,
    NotFoundPageChunked,
    TooMuchChunked,
    /// The right length, other bytes.
    WrongBytes,
    /// 200 with the whole file, whatever range was asked for.
    WithoutRanges,
    /// 206 with another range than the one asked for.
    OtherRange,
    /// A status and header lines.
    Status(u16, &'static str),
    /// Closes without an answer.
    HangUp,
    /// Keeps the connection open and says nothing.
    Silence,
    SilenceAfter(usize),
}

#[derive(Debug)]
pub(in crate::model::install) struct Server {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    files: HashMap<&'static str, &'static [u8]>,
    scripts: Mutex<HashMap<&'static str, VecDeque<Reply>>>,
    requests: Mutex<Vec<String>>,
    sent: AtomicUsize,
}

impl Server {
    pub(in crate::model::install) fn start<const N: usize>(
        files: [(&'static str, &'static [u8]); N],
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            files: files.into(),
            scripts: Mutex::default(),
            requests: Mutex::default(),
            sent: AtomicUsize::new(0),
        });
        let shared = Arc::clone(&state);
        // Ends with the test process.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                // A client that went away is no fault of the server's.
                thread::spawn(move || drop(state.answer(stream)));
            }
        });
        Self { address, state }
    }

    pub(in crate::model::install) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next answers for a path; after them, honest ones.
    pub(in crate::model::install) fn script(&self, path: &'static str, replies: Vec<Reply>) {
        self.state.scripts.lock().unwrap().insert(path, replies.into());
    }

    /// Paths, each with the range that was asked for.
    pub(in crate::model::install) fn requests(&self) -> Vec<String> {
        self.state.requests.lock().unwrap().clone()
    }

    pub(in crate::model::install) fn bytes_sent(&self) -> usize {
        self.state.sent.load(Ordering::SeqCst)
    }
}

impl State {
    fn answer(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let (path, range) = read_request(&stream)?;
        let line = range.map_or(path.clone(), |start| format!("{path} bytes={start}-"));
        self.requests.lock().unwrap().push(line);
        let file = self.files[path.as_str()];
        let reply = self
            .scripts
            .lock()
            .unwrap()
            .get_mut(path.as_str())
            .and_then(VecDeque::pop_front);

        let start = range.unwrap_or(0);
        let full = full_head(file.len());
        let head = match range {
            Some(start) if start >= file.len() => {
                "HTTP/1.1 416 Range Not Satisfiable\r\ncontent-length: 0\r\n".to_owned()
            }
            Some(start) => range_head(start, file.len()),
            None => full.clone(),
        };
        let rest = file.get(start..).unwrap_or_default();
        match reply {
            None => self.send(&mut stream, &head, rest),
            Some(Reply::Cut(bytes)) => self.send(&mut stream, &head, &rest[..bytes]),
            Some(Reply::TooShort) => self.send(&mut stream, &full_head(1_000), &file[..1_000]),
            Some(Reply::TooLong) => self.send(&mut stream, &full_head(file.len() + 1_000), file),
            Some(Reply::NotFoundPage) => self.send(&mut stream, &full_head(9), b"Not found"),
            Some(Reply::NotFoundPageChunked) => self.send_chunked(&mut stream, b"Not found"),
            Some(Reply::TooMuchChunked) => self.send_chunked(&mut stream, &[file, b"more"].concat()),
            Some(Reply::WrongBytes) => self.send(&mut stream, &full, &vec![7; file.len()]),
            Some(Reply::WithoutRanges) => self.send(&mut stream, &full, file),
            Some(Reply::OtherRange) => self.send(&mut stream, &range_head(1, file.len()), &file[1..2]),
            Some(Reply::Status(status, headers)) => {
                let head = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n{headers}");
                self.send(&mut stream, &head, b"")
            }
            Some(Reply::HangUp) => Ok(()),
            Some(Reply::Silence) => wait_for_end(&stream),
            Some(Reply::SilenceAfter(bytes)) => {
                self.send(&mut stream, &head, &rest[..bytes])?;
                wait_for_end(&stream)
            }
        }
    }

    fn send(&self, stream: &mut TcpStream, head: &str, body: &[u8]) -> std::io::Result<()> {
        stream.write_all(format!("{head}connection: close\r\n\r\n").as_bytes())?;
        stream.write_all(body)?;
        self.sent.fetch_add(body.len(), Ordering::SeqCst);
        Ok(())
    }

    fn send_chunked(&self, stream: &mut TcpStream, body: &[u8]) -> std::io::Result<()> {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n";
        let chunked = [format!("{:x}\r\n", body.len()).as_bytes(), body, b"\r\n0\r\n\r\n"].concat();
        self.send(stream, head, &chunked)
    }
}

fn full_head(bytes: usize) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {bytes}\r\n")
}

fn range_head(start: usize, total: usize) -> String {
    let (length, end) = (total - start, total - 1);
    format!(
        "HTTP/1.1 206 Partial Content\r\ncontent-length: {length}\r\ncontent-range: bytes {start}-{end}/{total}\r\n"
    )
}

/// Path and start of the range.
fn read_request(stream: &TcpStream) -> std::io::Result<(String, Option<usize>)> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut range = None;
    for line in lines {
        let line = line?.to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("range: bytes=") {
            range = value.trim_end_matches('-').parse().ok();
        }
    }
    Ok((path, range))
}

/// Until the client hangs up.
fn wait_for_end(stream: &TcpStream) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut stream = BufReader::new(stream);
    let _ = stream.fill_buf()?;
    Ok(())
}
