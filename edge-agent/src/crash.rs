//! Named points at which a test makes this process kill itself, as a power cut would.
//!
//! Compiled in only with the feature `crash-points`. `KEREGE_CRASH_AT=name` kills at the first
//! passing, `name:3` at the third. The names are part of the tests' contract: `outbox.before_commit`,
//! `outbox.after_commit`, `uplink.before_send`, `uplink.after_send`, `receipt.before_commit`,
//! `receipt.after_commit`.

/// Passes a point; dies here when the environment says so.
#[cfg(feature = "crash-points")]
pub fn point(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};
    static WANTED: OnceLock<Option<(String, u64)>> = OnceLock::new();
    static PASSED: AtomicU64 = AtomicU64::new(0);
    let wanted = WANTED.get_or_init(|| {
        let text = std::env::var("KEREGE_CRASH_AT").ok()?;
        Some(match text.split_once(':') {
            Some((point, nth)) => (point.to_owned(), nth.parse().unwrap_or(1)),
            None => (text, 1),
        })
    });
    let Some((point, nth)) = wanted else { return };
    if point == name && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *nth {
        // SIGKILL cannot fail on oneself, and nothing may run after it.
        let _killed = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        loop {
            std::thread::park();
        }
    }
}

/// Passes a point; nothing happens in a build that is shipped.
#[cfg(not(feature = "crash-points"))]
pub const fn point(_name: &str) {}
