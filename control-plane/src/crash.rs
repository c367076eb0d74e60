//! Named points at which a test makes the process kill itself, so that what a crash leaves behind
//! is tried at every step and not only where chance puts it. Without the feature `crash-points`
//! this is nothing.
//!
//! `KEREGE_CRASH_AT="name"` kills at the first passing of a point, `"name:N"` at the N-th.

/// Passes a named point.
#[cfg(not(feature = "crash-points"))]
#[inline(always)]
pub const fn point(_name: &str) {}

/// Passes a named point; the process ends here with SIGKILL when it is the one.
#[cfg(feature = "crash-points")]
pub fn point(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};
    static WANTED: OnceLock<Option<(String, u64)>> = OnceLock::new();
    static PASSED: AtomicU64 = AtomicU64::new(0);
    let wanted = WANTED.get_or_init(|| {
        let text = std::env::var("KEREGE_CRASH_AT").ok()?;
        match text.split_once(':') {
            Some((name, nth)) => Some((name.to_owned(), nth.parse().ok()?)),
            None => Some((text, 1)),
        }
    });
    let Some((wanted, nth)) = wanted else { return };
    if wanted == name && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *nth {
        let killed = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        tracing::error!(?killed, "a crash point was reached");
        std::process::abort();
    }
}
