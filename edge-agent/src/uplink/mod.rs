//! From the outbox to the broker.
