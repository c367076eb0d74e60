//! What the pipeline makes of streets whose truth is known.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests fail loudly and report what they measured")]

mod conflicts;
mod counting;
mod crash;
mod cycle;
mod debris;
mod from_above;
mod gathering;
mod identity;
mod illegal_stop;
mod lamps;
mod life;
mod minutes;
mod pedestrian;
mod properties;
mod queue;
mod queues;
mod real;
mod red_light;
mod rng;
mod road;
mod ruled;
mod speed;
mod speeding;
mod stands;
mod stopped;
mod street;
mod taken_along;
mod tracked;
mod turns;
mod watch;
mod wrong_way;
