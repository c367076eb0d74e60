//! What boxes send: judged, stored in one transaction, acknowledged to the broker after the commit
//! and receipted to the box with the centre's signature.
//!
//! `accept` and `chain` and `project` are pure; `apply` speaks to the store's transaction; `writer`
//! is the one thread that writes; `uplink` and `fleet` are the two connections to the broker. The
//! broker is never trusted to keep anything: a box sends again until it has a receipt, and whatever
//! comes twice is stored once.

pub mod accept;
mod apply;
mod boxes;
mod broker_log;
mod chain;
mod fleet;
mod mqtt;
mod project;
mod receipts;
mod system;
mod uplink;
mod writer;

pub use apply::{Outcome, Told, apply};
pub use chain::note_gap;
pub use fleet::run as run_fleet;
pub use mqtt::{Login, NoPassword};
pub use receipts::{ReceiptItem, Receipted};
pub use uplink::{JOBS, run as run_uplink};
pub use writer::{Job, Writer};
