//! Free ports of the loopback interface.

use std::net::TcpListener;

/// A port that nobody listens on just now.
///
/// # Errors
/// When the machine has none to give.
pub fn free() -> anyhow::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
