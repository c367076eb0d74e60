//! `/healthz` (the process lives), `/readyz` (everything was started) and `/health` (the newest health
//! message, so that whoever stands at the cabinet sees what the centre would) on a loopback address.
//!
//! Too little for a web framework: one line of request, one answer, the connection is closed.

use crate::uplink::Latest;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

/// Requests answered at once; more wait.
const AT_ONCE: usize = 8;
const PATIENCE: Duration = Duration::from_secs(2);
const LONGEST_LINE: u64 = 1024;

/// What can be told.
#[derive(Clone)]
pub(super) struct Known {
    /// Whether everything was started.
    pub(super) ready: Arc<AtomicBool>,
    /// The newest health message.
    pub(super) health: watch::Receiver<Option<Latest>>,
}

/// Answers until the task is dropped.
pub(super) async fn serve(address: SocketAddr, known: Known) {
    let listener = match TcpListener::bind(address).await {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(%address, "the status cannot be answered ({error}): is another box running here? see 'status'");
            return;
        }
    };
    let room = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let known = known.clone();
        tokio::spawn(async move {
            // Whoever asks and does not listen gets no answer.
            let _answered = tokio::time::timeout(PATIENCE, answer(stream, &known)).await;
            drop(permit);
        });
    }
}

async fn answer(mut stream: TcpStream, known: &Known) -> std::io::Result<()> {
    let (reader, mut writer) = stream.split();
    let mut line = String::new();
    BufReader::new(reader.take(LONGEST_LINE)).read_line(&mut line).await?;
    let health = known.health.borrow().as_ref().map(|latest| latest.bytes.clone());
    let (status, kind, body) = respond(&line, known.ready.load(Ordering::Relaxed), health);
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    writer.write_all(head.as_bytes()).await?;
    writer.write_all(&body).await?;
    writer.shutdown().await
}

/// Status line, content type and body.
fn respond(line: &str, ready: bool, health: Option<Vec<u8>>) -> (&'static str, &'static str, Vec<u8>) {
    let text = |status, words: &str| (status, "text/plain", words.as_bytes().to_vec());
    match line.split_whitespace().take(2).collect::<Vec<_>>().as_slice() {
        ["GET", "/healthz"] => text("200 OK", "alive\n"),
        ["GET", "/readyz"] if ready => text("200 OK", "ready\n"),
        ["GET", "/readyz"] => text("503 Service Unavailable", "starting or ending\n"),
        ["GET", "/health"] => match health {
            Some(health) => ("200 OK", "application/json", health),
            None => text("503 Service Unavailable", "no health was told yet\n"),
        },
        ["GET", _] => text("404 Not Found", "see /healthz, /readyz and /health\n"),
        _ => text("400 Bad Request", "only GET\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::respond;

    #[test]
    fn requests_get_their_answer() {
        let status = |line: &str, ready| respond(line, ready, None).0.split(' ').next().unwrap().to_owned();
        assert_eq!(status("GET /healthz HTTP/1.1\r\n", false), "200");
        assert_eq!(status("GET /readyz HTTP/1.1\r\n", false), "503");
        assert_eq!(status("GET /readyz HTTP/1.1\r\n", true), "200");
        assert_eq!(status("GET / HTTP/1.1\r\n", true), "404");
        assert_eq!(status("\u{0}", true), "400");
        assert_eq!(status("GET /health HTTP/1.1\r\n", true), "503");
        let (status, kind, body) = respond("GET /health HTTP/1.1\r\n", true, Some(b"{}".to_vec()));
        assert_eq!((status, kind, body.as_slice()), ("200 OK", "application/json", b"{}".as_slice()));
    }
}
