//! Reading configuration that people write, so that all of its faults are told at once.
//!
//! A TOML or JSON text becomes a tree of [`Node`]s that remember where they stand. A reader walks
//! the tree through [`Fields`], takes what it knows, and every mistake (a syntax error, an unknown
//! key, a wrong type, a value out of range, a broken promise between two keys) is added to one
//! [`Faults`] with its place; nothing stops at the first. [`Faults::render`] shows each with file,
//! line, column and a caret. The scene, the box's and the centre's configuration are read this way.

mod fault;
mod fields;
mod node;

pub use fault::{Fault, Faults};
pub use fields::Fields;
pub use node::{Key, Node, Value};

#[cfg(test)]
mod tests;
