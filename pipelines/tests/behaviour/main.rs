//! What the pipeline makes of streets whose truth is known.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests fail loudly and report what they measured")]

mod counting;
mod identity;
mod life;
mod minutes;
mod properties;
mod queue;
mod real;
mod rng;
mod road;
mod speed;
mod stopped;
mod street;
mod tracked;
mod watch;
mod wrong_way;
