//! What the rules look at: the files git knows or would add, and cargo's own account of the packages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// One file of ours with its text; `path` is relative to the root, with forward slashes.
#[derive(Debug)]
pub(crate) struct SourceFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl SourceFile {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    pub(crate) fn lines(&self) -> usize {
        self.text.lines().count()
    }

    /// The ending of the name after its last dot, or nothing.
    pub(crate) fn ending(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(_, ending)| ending)
    }
}

/// Endings of the languages that the rules read.
const SOURCE_ENDINGS: [&str; 6] = ["rs", "ts", "tsx", "mjs", "py", "sh"];

/// Written by a program from another committed file, so nobody reads or edits it.
const GENERATED: [&str; 1] = ["dashboard/src/data/schema.d.ts"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in a folder of the root").to_path_buf()
}

fn run(program: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(arguments).current_dir(root()).output();
    let output = output.unwrap_or_else(|error| panic!("{program} cannot be started: {error}"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Every path git knows or would add, relative to the root.
pub(crate) fn paths() -> Vec<String> {
    let listing = run("git", &["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let listing = String::from_utf8(listing).expect("paths are UTF-8");
    let all: BTreeSet<String> = listing.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
    all.into_iter().filter(|path| root().join(path).is_file()).collect()
}

/// The text of one file, by its path from the root.
pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The files that people write and read, with their text.
pub(crate) fn source_files() -> Vec<SourceFile> {
    let read = |path: String| SourceFile { text: read(&path), path };
    let ours = |path: &String| {
        !GENERATED.contains(&path.as_str()) && SOURCE_ENDINGS.iter().any(|ending| path.ends_with(&format!(".{ending}")))
    };
    let files: Vec<SourceFile> = paths().into_iter().filter(ours).map(read).collect();
    assert!(files.len() > 20, "only {} source files were found: the rules would pass on nothing", files.len());
    files
}

fn metadata(arguments: &[&str]) -> Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut all = vec!["metadata", "--format-version", "1", "--locked"];
    all.extend(arguments);
    serde_json::from_slice(&run(&cargo, &all)).expect("cargo metadata prints JSON")
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Our packages, each with the names it declares as ordinary and as build or test dependencies.
pub(crate) fn packages() -> Vec<crate::graph::Package> {
    let metadata = metadata(&["--no-deps"]);
    let package = |value: &Value| {
        let mut package = crate::graph::Package::named(text(value, "name"));
        for dependency in list(value, "dependencies") {
            let into = if text(dependency, "kind") == "dev" { &mut package.dev } else { &mut package.normal };
            into.insert(text(dependency, "name").to_owned());
        }
        package
    };
    list(&metadata, "packages").iter().map(package).collect()
}

/// The resolved graph of ordinary dependencies: package name to the names it is built with on Linux.
pub(crate) fn resolved() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = metadata(&["--all-features", "--filter-platform", "x86_64-unknown-linux-gnu"]);
    let names: BTreeMap<&str, &str> =
        list(&metadata, "packages").iter().map(|package| (text(package, "id"), text(package, "name"))).collect();
    let name = |id: &str| names.get(id).copied().unwrap_or(id).to_owned();
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for node in list(&metadata["resolve"], "nodes") {
        let ordinary = |dependency: &&Value| list(dependency, "dep_kinds").iter().any(|kind| kind["kind"].is_null());
        let to = list(node, "deps").iter().filter(ordinary).map(|dependency| name(text(dependency, "pkg")));
        graph.entry(name(text(node, "id"))).or_default().extend(to);
    }
    graph
}
