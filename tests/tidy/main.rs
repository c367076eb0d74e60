//! The tidy rules of the tree, as tests: what the architecture says about dependencies, rooms, files and functions.
//!
//! Each rule is a pure function from text to faults, tried on small strings in its own module; here the rules meet
//! the tree. A rule that is wrong for a good reason gets an entry in its list, with the reason, and never a silent
//! exception.

mod code;
mod door;
mod files;
mod functions;
mod graph;
mod links;
mod rooms;
mod tree;

use tree::{SourceFile, source_files};

/// Fails with every fault at once, one a line.
fn assert_none(rule: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{rule}: {} faults\n  {}", faults.len(), faults.join("\n  "));
}

fn faults_of(files: &[SourceFile], rule: impl Fn(&SourceFile) -> Vec<String>) -> Vec<String> {
    files.iter().flat_map(rule).collect()
}

#[test]
fn every_source_file_opens_with_what_it_is_for() {
    assert_none("a file opens with its purpose", &faults_of(&source_files(), files::opening));
}

#[test]
fn no_file_is_longer_than_its_limit() {
    assert_none("file length", &faults_of(&source_files(), files::length));
}

#[test]
fn the_median_file_is_short() {
    let lengths = source_files().iter().filter(|file| file.is_rust()).map(SourceFile::lines).collect();
    assert_none("median file", &files::median_over("file", lengths, files::MEDIAN_FILE));
}

#[test]
fn nothing_is_left_for_later() {
    assert_none("unfinished work", &faults_of(&source_files(), files::unfinished));
}

#[test]
fn no_function_is_longer_than_its_limit() {
    assert_none("function length", &faults_of(&source_files(), functions::too_long));
}

#[test]
fn the_median_function_is_short() {
    let files = source_files();
    let product = files.iter().filter(|file| file.is_rust());
    let lengths = product.flat_map(|file| functions::find(&file.text)).map(|function| function.lines).collect();
    assert_none("median function", &files::median_over("function", lengths, functions::MEDIAN_LINES));
}

#[test]
fn each_library_is_named_only_in_its_room() {
    assert_none("rooms", &faults_of(&source_files(), rooms::strangers));
}

#[test]
fn crates_depend_only_in_the_direction_of_the_house() {
    assert_none("dependency directions", &graph::wrong_edges(&tree::packages()));
}

#[test]
fn pure_crates_reach_no_runtime_or_device() {
    assert_none("pure crates", &graph::reached_but_banned(&tree::resolved()));
}

#[test]
fn the_top_of_the_tree_holds_what_the_architecture_names() {
    assert_none("top of the tree", &files::strange_at_the_top(&tree::paths()));
}

#[test]
fn links_between_pages_lead_somewhere() {
    let paths = tree::paths();
    let known = paths.iter().map(String::as_str).collect();
    let pages: Vec<&String> = paths.iter().filter(|path| path.ends_with(".md")).collect();
    assert!(pages.len() > 10, "only {} pages were found: the rule would pass on nothing", pages.len());
    let faults: Vec<String> = pages.iter().flat_map(|page| links::broken(page, &tree::read(page), &known)).collect();
    assert_none("links", &faults);
    assert_none("decisions", &links::unlisted_decisions(&tree::read("docs/adr/README.md"), &known));
}
