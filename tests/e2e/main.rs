//! End-to-end tests: the product's own binaries, a real broker, real RTSP, a real browser.
//!
//! They draw their own clips and make their own model, so they never skip; only `real_clips` does,
//! and says so, where the shared street clips are not beside the checkout.

mod bad_input;
mod browser;
mod cameras;
mod hostile;
mod kills;
mod memory;
mod outage;
mod real_clips;
mod whole_way;
