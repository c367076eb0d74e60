//! The durable queue of events and facts.
