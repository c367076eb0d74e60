//! The box at the intersection: from a camera's stream to a signed event that is never lost.
//!
//! A frame comes from [`capture`], waits in a latest-frame slot, is looked at by the one inference
//! thread ([`infer`]; [`vision`] says whether it can be believed) and becomes tracks, passages and incidents in
//! `kerege-pipelines`. From there
//! on nothing may be lost: [`run`] turns them into events, which are signed, chained and committed
//! to the [`outbox`] before the [`uplink`] sends them. [`analyze`] goes the same way with a file and
//! [`replay`] with a recording, and [`simulate`] plays files as cameras.

pub mod analyze;
pub mod blobs;
pub mod calibrate;
pub mod capture;
pub mod clock;
pub mod config;
pub mod crash;
pub mod event_maker;
pub mod facts;
pub mod frame;
pub mod health;
pub mod identity;
pub mod ids;
pub mod incidents;
pub mod infer;
pub mod models_cli;
pub mod outbox;
pub mod replay;
pub mod run;
pub mod scene_cli;
pub mod signals;
pub mod simulate;
pub mod still;
pub mod supervise;
pub mod timemap;
pub mod uplink;
pub mod vision;
