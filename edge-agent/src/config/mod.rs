//! The box's configuration.
