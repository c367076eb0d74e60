//! The box's pipeline on a file, dropping nothing.
