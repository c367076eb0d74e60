//! From stream time to UTC.
