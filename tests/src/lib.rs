//! The harness of the end-to-end tests: real binaries, broker, cameras and browser in a temporary folder.
//!
//! Nothing here sleeps for luck: every wait is on a condition with a deadline ([`eventually`]). Every
//! process writes its log into the test's folder, and a failed wait shows the ends of the logs.

pub mod analysis;
pub mod api;
pub mod binaries;
pub mod broker;
pub mod camera;
pub mod city;
pub mod clip;
pub mod detector;
pub mod eventually;
pub mod journal;
pub mod mqtt;
pub mod ports;
pub mod process;
pub mod runtime;
pub mod scenario;
pub mod skip;
pub mod webdriver;
