//! Cameras against the simulator and against scripted servers, with clips drawn on the spot.

mod bench;
mod faults;
mod files;
mod scripted;
mod streams;
