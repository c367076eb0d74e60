//! End-to-end tests: the product's own binaries, a real broker, real RTSP, a real browser.
//!
//! They draw their own clips and make their own model, so they never skip; only `real_clips` and
//! `demo_clips` do, and say so, where what they need is not beside the checkout.

mod bad_input;
mod browser;
mod cameras;
mod demo_clips;
mod hostile;
mod kills;
mod memory;
mod outage;
mod real_clips;
mod whole_way;
