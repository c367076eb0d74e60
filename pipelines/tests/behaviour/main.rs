//! What the pipeline makes of streets whose truth is known.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests fail loudly and report what they measured")]

mod conflicts;
mod counting;
mod crash;
mod identity;
mod lamps;
mod life;
mod minutes;
mod properties;
mod real;
mod red_light;
mod rng;
mod road;
mod speed;
mod stopped;
mod street;
mod turns;
mod watch;
mod wrong_way;
