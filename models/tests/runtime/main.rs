//! Tests with the real inference runtime. A missing library fails them and says what to do.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "helpers of tests fail and speak as tests do")]

mod blobs;
mod loading;
mod street;
mod support;
