//! Who may do what: local users, sessions, and one layer that denies everything not in its table.

pub mod csrf;
pub mod device;
pub mod guard;
pub mod limiter;
pub mod password;
pub mod policy;
pub mod session;
