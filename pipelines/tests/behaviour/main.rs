//! What the pipeline makes of streets whose truth is known.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests fail loudly and report what they measured")]

mod counting;
mod from_above;
mod gathering;
mod identity;
mod illegal_stop;
mod life;
mod minutes;
mod pedestrian;
mod properties;
mod queue;
mod queues;
mod real;
mod rng;
mod road;
mod ruled;
mod speed;
mod speeding;
mod stopped;
mod street;
mod tracked;
mod watch;
mod wrong_way;
