//! Checking a scene file.
