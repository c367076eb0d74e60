//! `/healthz` (the process lives) and `/readyz` (everything was started) on a loopback address.
//!
//! Too little for a web framework: one line of request, one answer, the connection is closed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// Requests answered at once; more wait.
const AT_ONCE: usize = 8;
const PATIENCE: Duration = Duration::from_secs(2);
const LONGEST_LINE: u64 = 1024;

/// Answers until the task is dropped.
pub(super) async fn serve(address: SocketAddr, ready: Arc<AtomicBool>) {
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
        let ready = ready.load(Ordering::Relaxed);
        tokio::spawn(async move {
            // Whoever asks and does not listen gets no answer.
            let _answered = tokio::time::timeout(PATIENCE, answer(stream, ready)).await;
            drop(permit);
        });
    }
}

async fn answer(mut stream: TcpStream, ready: bool) -> std::io::Result<()> {
    let (reader, mut writer) = stream.split();
    let mut line = String::new();
    BufReader::new(reader.take(LONGEST_LINE)).read_line(&mut line).await?;
    let (status, body) = respond(&line, ready);
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/plain\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    writer.write_all(head.as_bytes()).await?;
    writer.shutdown().await
}

fn respond(line: &str, ready: bool) -> (&'static str, &'static str) {
    match line.split_whitespace().take(2).collect::<Vec<_>>().as_slice() {
        ["GET", "/healthz"] => ("200 OK", "alive\n"),
        ["GET", "/readyz"] if ready => ("200 OK", "ready\n"),
        ["GET", "/readyz"] => ("503 Service Unavailable", "starting or ending\n"),
        ["GET", _] => ("404 Not Found", "see /healthz and /readyz\n"),
        _ => ("400 Bad Request", "only GET\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::respond;

    #[test]
    fn requests_get_their_answer() {
        let status = |line: &str, ready| respond(line, ready).0.split(' ').next().unwrap().to_owned();
        assert_eq!(status("GET /healthz HTTP/1.1\r\n", false), "200");
        assert_eq!(status("GET /readyz HTTP/1.1\r\n", false), "503");
        assert_eq!(status("GET /readyz HTTP/1.1\r\n", true), "200");
        assert_eq!(status("GET / HTTP/1.1\r\n", true), "404");
        assert_eq!(status("\u{0}", true), "400");
    }
}
