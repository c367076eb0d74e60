//! The centre: takes what boxes send, keeps it, says so with signed receipts, and shows it to
//! people who may see it. The binary is a thin shell around this library.

pub mod api;
pub mod auth;
pub mod bins;
pub mod blobs;
pub mod broker_files;
pub mod centre;
pub mod clock;
pub mod config;
pub mod crash;
pub mod ingest;
pub mod keys;
pub mod live;
pub mod ready;
pub mod run;
pub mod store;
mod sweeps;
#[cfg(test)]
mod testing;
pub mod web;

/// An error with all of its sources, for logs.
#[must_use]
pub fn chain_of(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}
