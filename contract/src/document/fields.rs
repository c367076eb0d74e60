//! Taking known keys out of a table; what remains is a fault.

use super::{Faults, Node, Value};
use std::fmt::Display;
use std::ops::{Range, RangeInclusive};
use std::str::FromStr;

/// A table being read. Each accessor takes one key, reports what is wrong with its value and gives
/// nothing then; [`Fields::finish`] reports the keys that nobody asked for.
#[derive(Debug)]
pub struct Fields<'a> {
    path: String,
    span: Option<Range<usize>>,
    entries: &'a [(super::Key, Node)],
    known: Vec<&'static str>,
    faults: &'a Faults,
}

impl<'a> Fields<'a> {
    /// Opens a node as a table; anything else is a fault.
    #[must_use]
    pub fn open(node: &'a Node, path: impl Into<String>, faults: &'a Faults) -> Option<Self> {
        let path = path.into();
        if let Value::Table(entries) = &node.value {
            Some(Self { path, span: node.span.clone(), entries, known: Vec::new(), faults })
        } else {
            faults.add(path, node.span.clone(), format!("expected a table, found {}", node.kind()), "");
            None
        }
    }

    /// Where all faults of the document go.
    #[must_use]
    pub const fn faults(&self) -> &'a Faults {
        self.faults
    }

    /// The path of a key of this table.
    #[must_use]
    pub fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Adds a fault about the value of a key (or about the table, when the key is absent).
    pub fn fault(&self, key: &str, message: impl Into<String>, remedy: impl Into<String>) {
        let span = self.entries.iter().find(|(entry, _)| entry.name == key).map(|(_, node)| node.span.clone());
        self.faults.add(self.path_of(key), span.unwrap_or_else(|| self.span.clone()), message, remedy);
    }

    /// The node of a key, or none when it is absent.
    pub fn node(&mut self, key: &'static str) -> Option<&'a Node> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        self.entries.iter().find(|(entry, _)| entry.name == key).map(|(_, node)| node)
    }

    /// The node of a key that must be there.
    pub fn required(&mut self, key: &'static str) -> Option<&'a Node> {
        let node = self.node(key);
        if node.is_none() {
            let place = self.span.as_ref().map(|span| span.start..span.start + 1);
            self.faults.add(self.path_of(key), place, format!("'{key}' is missing"), format!("add '{key} = …'"));
        }
        node
    }

    fn wrong(&self, key: &str, node: &Node, wanted: &str) {
        let message = format!("expected {wanted}, found {}", node.kind());
        self.faults.add(self.path_of(key), node.span.clone(), message, "");
    }

    /// An optional text.
    pub fn text(&mut self, key: &'static str) -> Option<String> {
        let node = self.node(key)?;
        self.as_text(key, node)
    }

    /// A text that must be there.
    pub fn required_text(&mut self, key: &'static str) -> Option<String> {
        let node = self.required(key)?;
        self.as_text(key, node)
    }

    fn as_text(&self, key: &str, node: &Node) -> Option<String> {
        if let Value::Text(text) = &node.value {
            return Some(text.clone());
        }
        self.wrong(key, node, "a text");
        None
    }

    /// An optional text of a kind that knows how to read itself: a name, a time, a key.
    pub fn parsed<T: FromStr<Err: Display>>(&mut self, key: &'static str) -> Option<T> {
        let node = self.node(key)?;
        self.as_parsed(key, node)
    }

    /// Such a text that must be there.
    pub fn required_parsed<T: FromStr<Err: Display>>(&mut self, key: &'static str) -> Option<T> {
        let node = self.required(key)?;
        self.as_parsed(key, node)
    }

    fn as_parsed<T: FromStr<Err: Display>>(&self, key: &str, node: &Node) -> Option<T> {
        let text = self.as_text(key, node)?;
        text.parse().map_err(|error| self.faults.add(self.path_of(key), node.span.clone(), format!("{error}"), "")).ok()
    }

    /// An optional word out of a list of known ones.
    pub fn word<T: Copy>(&mut self, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        let node = self.node(key)?;
        self.as_word(key, node, words)
    }

    /// Such a word that must be there.
    pub fn required_word<T: Copy>(&mut self, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        let node = self.required(key)?;
        self.as_word(key, node, words)
    }

    fn as_word<T: Copy>(&self, key: &str, node: &Node, words: &[(&str, T)]) -> Option<T> {
        let text = self.as_text(key, node)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let remedy = format!("use one of: {}", known.join(", "));
            self.faults.add(self.path_of(key), node.span.clone(), format!("'{text}' is not known here"), remedy);
        }
        found
    }

    /// An optional number within a range.
    pub fn number(&mut self, key: &'static str, range: RangeInclusive<f64>) -> Option<f64> {
        let node = self.node(key)?;
        let number = self.as_number(key, node)?;
        if range.contains(&number) {
            return Some(number);
        }
        let message = format!("{number} is out of range: from {} to {}", range.start(), range.end());
        self.faults.add(self.path_of(key), node.span.clone(), message, "");
        None
    }

    #[expect(clippy::cast_precision_loss, reason = "configuration has no whole numbers over 2^53")]
    fn as_number(&self, key: &str, node: &Node) -> Option<f64> {
        match node.value {
            Value::Number(number) if number.is_finite() => Some(number),
            Value::Whole(number) => Some(number as f64),
            _ => {
                self.wrong(key, node, "a number");
                None
            }
        }
    }

    /// An optional whole number within a range.
    pub fn whole(&mut self, key: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        let node = self.node(key)?;
        let Value::Whole(number) = node.value else {
            self.wrong(key, node, "a whole number");
            return None;
        };
        if range.contains(&number) {
            return Some(number);
        }
        let message = format!("{number} is out of range: from {} to {}", range.start(), range.end());
        self.faults.add(self.path_of(key), node.span.clone(), message, "");
        None
    }

    /// An optional true or false.
    pub fn truth(&mut self, key: &'static str) -> Option<bool> {
        let node = self.node(key)?;
        if let Value::Truth(truth) = node.value {
            return Some(truth);
        }
        self.wrong(key, node, "true or false");
        None
    }

    /// The items of an optional list; empty when the key is absent.
    pub fn list(&mut self, key: &'static str) -> &'a [Node] {
        match self.node(key) {
            Some(Node { value: Value::List(items), .. }) => items,
            Some(node) => {
                self.wrong(key, node, "a list");
                &[]
            }
            None => &[],
        }
    }

    /// Texts of an optional list that know how to read themselves.
    pub fn parsed_list<T: FromStr<Err: Display>>(&mut self, key: &'static str) -> Vec<T> {
        let items = self.list(key);
        items.iter().filter_map(|item| self.as_parsed(key, item)).collect()
    }

    /// The tables of an optional list of tables, each with its place in the path: `lane[2]`.
    pub fn tables(&mut self, key: &'static str) -> Vec<Self> {
        let items = self.list(key);
        let path = self.path_of(key);
        items
            .iter()
            .enumerate()
            .filter_map(|(index, item)| Self::open(item, format!("{path}[{index}]"), self.faults))
            .collect()
    }

    /// An optional table.
    pub fn table(&mut self, key: &'static str) -> Option<Self> {
        let node = self.node(key)?;
        Self::open(node, self.path_of(key), self.faults)
    }

    /// An optional list of exactly `N` numbers.
    pub fn numbers<const N: usize>(&mut self, key: &'static str) -> Option<[f64; N]> {
        let node = self.node(key)?;
        self.as_numbers(key, node)
    }

    /// A list of exactly `N` numbers that must be there.
    pub fn required_numbers<const N: usize>(&mut self, key: &'static str) -> Option<[f64; N]> {
        let node = self.required(key)?;
        self.as_numbers(key, node)
    }

    /// A list of lists of exactly `N` numbers; empty when the key is absent.
    pub fn rows<const N: usize>(&mut self, key: &'static str) -> Vec<[f64; N]> {
        let items = self.list(key);
        items.iter().filter_map(|item| self.as_numbers(key, item)).collect()
    }

    fn as_numbers<const N: usize>(&self, key: &str, node: &Node) -> Option<[f64; N]> {
        let Value::List(items) = &node.value else {
            self.wrong(key, node, &format!("a list of {N} numbers"));
            return None;
        };
        if items.len() != N {
            let message = format!("expected {N} numbers, found {}", items.len());
            self.faults.add(self.path_of(key), node.span.clone(), message, "");
            return None;
        }
        let mut numbers = [0.0; N];
        for (number, item) in numbers.iter_mut().zip(items) {
            *number = self.as_number(key, item)?;
        }
        Some(numbers)
    }

    /// Reports the keys that nobody asked for, each with the nearest known one.
    pub fn finish(self) {
        for (key, _) in self.entries {
            if self.known.contains(&key.name.as_str()) {
                continue;
            }
            let remedy = match nearest(&key.name, &self.known) {
                Some(near) => format!("did you mean '{near}'?"),
                None => format!("known here: {}", self.known.join(", ")),
            };
            self.faults.add(
                self.path_of(&key.name),
                key.span.clone(),
                format!("'{}' is not a key here", key.name),
                remedy,
            );
        }
    }
}

fn nearest(word: &str, known: &[&'static str]) -> Option<&'static str> {
    known
        .iter()
        .map(|key| (edit_distance(word, key), *key))
        .filter(|(distance, _)| *distance <= 2)
        .min()
        .map(|(_, key)| key)
}

/// Levenshtein distance: insertions, deletions and replacements.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
