//! The parts of `./kerege` that decide something, tried apart: doing a step once, what of a test run is shown and
//! counted, the lists. The door as a whole is tried by using it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn parts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/door")
}

/// Runs bash in an empty root, with the shared words and the named part loaded.
fn bash(root: &Path, part: &str, script: &str) -> Output {
    let script = format!("set -euo pipefail; . \"$DOOR/common.sh\"; . \"$DOOR/{part}\"; {script}");
    let command = Command::new("bash")
        .args(["-c", &script])
        .current_dir(root)
        .env("KEREGE_ROOT", root)
        .env("DOOR", parts())
        .output();
    command.expect("bash starts")
}

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_step_is_done_once_and_again_when_its_input_or_its_work_has_changed() {
    let root = tempfile::tempdir().expect("a folder");
    std::fs::write(root.path().join("list"), "one").expect("a list");
    let step = "make() { printf made; touch work; }; once step work list -- make;";
    let script = format!(
        "{step} printf ,; {step} printf ,; printf two > list; {step} printf ,; rm work; {step} printf ,; {step}"
    );
    assert_eq!(printed(&bash(root.path(), "parts.sh", &script)), "made,,made,made,");
}

#[test]
fn a_step_that_failed_is_done_again() {
    let root = tempfile::tempdir().expect("a folder");
    std::fs::write(root.path().join("list"), "one").expect("a list");
    let failing = bash(root.path(), "parts.sh", "make() { return 3; }; once step - list -- make; printf on");
    assert_eq!(failing.status.code(), Some(3));
    assert_eq!(printed(&bash(root.path(), "parts.sh", "once step - list -- printf made")), "made");
}

#[test]
fn parts_run_to_the_end_and_a_failure_is_told() {
    let root = tempfile::tempdir().expect("a folder");
    let output = bash(root.path(), "parts.sh", "part a false; part b true; parts_verdict check");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(1));
    assert!(out.contains("=== a: FAILED") && out.contains("=== b: ok"), "{out}");
    assert_eq!(err, "kerege: check: FAILED: a\n");
    assert!(printed(&bash(root.path(), "parts.sh", "part b true; parts_verdict check")).contains("everything passed"));
}

const LIBTEST: &str = "running 2 tests
test a ... ok
test b ... ignored, needs a camera

successes:

---- a stdout ----
a word
SKIPPED: a: no clips

successes:
    a

test result: ok. 1 passed; 0 failed; 1 ignored
";

#[test]
fn of_passing_tests_only_what_was_skipped_is_shown() {
    let root = tempfile::tempdir().expect("a folder");
    std::fs::write(root.path().join("log"), LIBTEST).expect("a log");
    let shown = printed(&bash(root.path(), "parts.sh", "awk -f \"$DOOR/quiet-successes.awk\" log"));
    assert!(shown.contains("SKIPPED: a: no clips\ntest result: ok. 1 passed"), "{shown}");
    assert!(!shown.contains("a word"), "{shown}");
}

#[test]
fn what_failing_tests_wrote_is_shown() {
    let root = tempfile::tempdir().expect("a folder");
    let log =
        LIBTEST.replace("test result:", "failures:\n\n---- c stdout ----\nwhy\n\nfailures:\n    c\n\ntest result:");
    std::fs::write(root.path().join("log"), log).expect("a log");
    let shown = printed(&bash(root.path(), "parts.sh", "awk -f \"$DOOR/quiet-successes.awk\" log"));
    assert!(shown.contains("---- c stdout ----\nwhy\n") && !shown.contains("a word"), "{shown}");
}

#[test]
fn skipped_tests_are_counted_with_their_reasons() {
    let root = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(root.path().join(".kerege")).expect("a folder");
    std::fs::write(root.path().join(".kerege/test.log"), LIBTEST).expect("a log");
    let told = printed(&bash(root.path(), "test.sh", "skipped_tests"));
    assert!(told.contains("2 tests skipped"), "{told}");
    assert!(told.contains("SKIPPED: a: no clips") && told.contains("ignored, needs a camera"), "{told}");
    std::fs::write(root.path().join(".kerege/test.log"), "test a ... ok\n").expect("a log");
    assert!(printed(&bash(root.path(), "test.sh", "skipped_tests")).contains("0 tests skipped"));
}

#[test]
fn every_system_package_has_a_reason() {
    let list = std::fs::read_to_string(parts().join("packages.apt")).expect("the list");
    let packages: Vec<&str> = list.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(packages.len() > 10);
    for line in packages {
        let (name, reason) = line.split_once('#').unwrap_or((line, ""));
        assert!(!name.trim().is_empty() && !reason.trim().is_empty(), "'{line}' needs a name and '# reason'");
    }
}

#[test]
fn the_scene_drawn_for_a_clip_without_one_is_sound() {
    let file = parts().join("../demo/default.scene.toml");
    let text = std::fs::read_to_string(file).expect("the demo's scene");
    kerege_contract::Scene::from_toml(&text).expect("the demo's scene is sound");
}
