//! What a file looks like: it opens with its purpose, is short, promises nothing for later, and lies where the
//! architecture says.

use crate::tree::SourceFile;

/// No file is longer than this, tables aside.
pub(crate) const MOST_LINES: usize = 500;
/// The median Rust file is shorter than this.
pub(crate) const MEDIAN_FILE: usize = 200;

/// Files that are one table and may be longer, each with its reason.
const TABLES: [(&str, &str); 0] = [];

/// What may stand at the top of the tree: the folders of ARCHITECTURE.md, and files that tools look for there.
const FOLDERS: [&str; 10] = [
    "contract",
    "models",
    "pipelines",
    "edge-agent",
    "control-plane",
    "dashboard",
    "benches",
    "tests",
    "deploy",
    "docs",
];
const HIDDEN_FOLDERS: [&str; 3] = [".ci", ".github", ".cargo"];
const FILES: [&str; 17] = [
    ".editorconfig",
    ".gitattributes",
    ".gitignore",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "_typos.toml",
    "clippy.toml",
    "deny.toml",
    "kerege",
    "rust-toolchain.toml",
    "rustfmt.toml",
];

/// A source file begins with a comment that says what it is for. A `x.test.ts` stands beside its `x.ts`, which says it.
pub(crate) fn opening(file: &SourceFile) -> Vec<String> {
    if file.path.ends_with(".test.ts") || file.path.ends_with(".test.tsx") {
        return Vec::new();
    }
    let wanted: &[&str] = match file.ending() {
        "rs" => &["//! "],
        "ts" | "tsx" | "mjs" => &["/** ", "/**\n", "// "],
        "sh" => &["# ", "#!"],
        "py" => &["\"\"\"", "#!", "# "],
        _ => return Vec::new(),
    };
    if wanted.iter().any(|opening| file.text.starts_with(opening)) {
        return Vec::new();
    }
    vec![format!("{} must open with what it is for ({})", file.path, wanted.first().map_or("", |word| word.trim_end()))]
}

/// A file is short.
pub(crate) fn length(file: &SourceFile) -> Vec<String> {
    let lines = file.lines();
    let table = TABLES.iter().any(|(path, _)| *path == file.path);
    if lines <= MOST_LINES || table {
        return Vec::new();
    }
    vec![format!("{} has {lines} lines, the limit is {MOST_LINES}: split it by idea", file.path)]
}

/// The tree holds no promises: what is not done is an issue, not a comment.
pub(crate) fn unfinished(file: &SourceFile) -> Vec<String> {
    // Spelled in halves, so that this file does not trip over itself.
    let signs = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
        concat!("unimpl", "emented!"),
        concat!("to", "do!("),
    ];
    let lines = file.text.lines().enumerate();
    let promises = lines.filter(|(_, line)| signs.iter().any(|sign| line.contains(sign)));
    promises.map(|(at, line)| format!("{}:{} {}", file.path, at + 1, line.trim())).collect()
}

/// One fault if the median of the lengths is not under the limit.
pub(crate) fn median_over(what: &str, mut lengths: Vec<usize>, limit: usize) -> Vec<String> {
    lengths.sort_unstable();
    match lengths.get(lengths.len() / 2) {
        Some(median) if *median < limit => Vec::new(),
        Some(median) => vec![format!("the median {what} has {median} lines, and should have fewer than {limit}")],
        None => vec![format!("there is no {what} to measure")],
    }
}

/// Paths whose first part is not one that the architecture or a tool knows.
pub(crate) fn strange_at_the_top(paths: &[String]) -> Vec<String> {
    let strange = |path: &&String| match path.split_once('/') {
        Some((folder, _)) => !FOLDERS.contains(&folder) && !HIDDEN_FOLDERS.contains(&folder),
        None => !FILES.contains(&path.as_str()),
    };
    paths.iter().filter(strange).map(|path| format!("{path} lies where ARCHITECTURE.md names nothing")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_purpose_is_a_fault_in_each_language() {
        for (path, good, bad) in [
            ("a.rs", "//! What.\n", "use std::fs;\n"),
            ("a.tsx", "/** What. */\n", "import x from 'y';\n"),
            ("a.sh", "# What.\n", "set -e\n"),
            ("a.py", "\"\"\"What.\"\"\"\n", "import os\n"),
        ] {
            assert!(opening(&SourceFile::new(path, good)).is_empty(), "{path}");
            assert_eq!(opening(&SourceFile::new(path, bad)).len(), 1, "{path}");
        }
        assert_eq!(opening(&SourceFile::new("a.rs", "// What.\n")).len(), 1, "an ordinary comment is no module doc");
    }

    #[test]
    fn one_line_too_many_is_a_fault() {
        assert!(length(&SourceFile::new("a.rs", &"x\n".repeat(MOST_LINES))).is_empty());
        assert_eq!(length(&SourceFile::new("a.rs", &"x\n".repeat(MOST_LINES + 1))).len(), 1);
    }

    #[test]
    fn a_promise_is_found_with_its_line() {
        let text = format!("//! A.\n// {}: later\n", concat!("TO", "DO"));
        assert_eq!(unfinished(&SourceFile::new("a.rs", &text)), [format!("a.rs:2 // {}: later", concat!("TO", "DO"))]);
        assert!(unfinished(&SourceFile::new("a.rs", "//! To do is to be.\n")).is_empty());
    }

    #[test]
    fn the_median_decides() {
        assert!(median_over("file", vec![1, 2, 900], 3).is_empty());
        assert_eq!(median_over("file", vec![1, 3, 4], 3).len(), 1);
        assert_eq!(median_over("file", Vec::new(), 3).len(), 1);
    }

    #[test]
    fn a_strange_folder_or_file_at_the_top_is_a_fault() {
        let paths = ["contract/src/lib.rs", "README.md", ".ci/run", "scripts/a.sh", "notes.md"].map(str::to_owned);
        let faults = strange_at_the_top(&paths);
        assert_eq!(faults.len(), 2);
        assert!(faults[0].starts_with("scripts/a.sh") && faults[1].starts_with("notes.md"));
    }
}
