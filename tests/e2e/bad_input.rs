//! Bad input: one clear message that names the place and the remedy; nothing panics.

use kerege_tests::{binaries, runtime};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn edge(folder: &Path, arguments: &[&str]) -> anyhow::Result<Output> {
    let mut command = Command::new(binaries::path("kerege-edge")?);
    command.args(arguments).current_dir(folder).env("KEREGE_ONNXRUNTIME", runtime::library());
    command.env("KEREGE_MODELS", folder.join("no-models")).env_remove("KEREGE_MODEL_MIRROR");
    Ok(command.output()?)
}

/// Runs it and checks that it fails in words: every wanted word is there, and no panic.
fn fails(output: &Output, wanted: &[&str]) -> anyhow::Result<()> {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
    anyhow::ensure!(!output.status.success(), "it succeeded: {text}");
    anyhow::ensure!(!text.contains("panicked"), "it panicked: {text}");
    for word in wanted {
        anyhow::ensure!(text.contains(word), "'{word}' is not in: {text}");
    }
    Ok(())
}

const SCENES: &[(&str, &str, &[&str])] = &[
    ("broken TOML", "v = 1\n[[line]\nid = \"N\"\n", &["scene.toml:2:"]),
    (
        "unknown key",
        "v = 1\n[[line]]\nid = \"N\"\na = [0.1, 0.5]\nb = [0.9, 0.5]\nforwards = \"in\"\n",
        &["scene.toml:6:1", "did you mean 'forward'", "^"],
    ),
    (
        "impossible polygon",
        "v = 1\n[[zone]]\nid = \"z\"\nkind = \"area\"\npolygon = [[0,0],[1,1],[1,0],[0,1]]\n",
        &["scene.toml:5:11", "cross", "in order around it"],
    ),
    ("two faults at once", "v = 1\nx = 1\ny = 2\n", &["scene.toml:2:1", "scene.toml:3:1", "2 faults"]),
];

#[test]
fn bad_scenes_are_told_with_file_line_and_remedy() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    for (what, text, wanted) in SCENES {
        fs::write(folder.path().join("scene.toml"), text)?;
        let output = edge(folder.path(), &["scene", "check", "scene.toml"])?;
        fails(&output, wanted).map_err(|error| error.context(*what))?;
    }
    Ok(())
}

#[test]
fn bad_videos_and_models_are_told() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("scene.toml"), "v = 1\n")?;
    fs::write(folder.path().join("noise.mp4"), [7u8; 4096])?;
    let analyze = ["analyze", "noise.mp4", "--scene", "scene.toml", "--out", "out"];
    // No model to be had: says which, and how to get it.
    fails(&edge(folder.path(), &analyze)?, &["yolox-nano", "kerege-edge models fetch yolox-nano"])?;
    // A truncated model.
    fs::create_dir_all(folder.path().join("no-models"))?;
    fs::write(folder.path().join("no-models/yolox_nano.onnx"), [1u8; 100])?;
    fails(&edge(folder.path(), &analyze)?, &["yolox_nano.onnx", "models fetch"])?;
    Ok(())
}

#[test]
fn a_video_that_is_none_is_told() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let clip = folder.path().join("noise.mp4");
    fs::write(&clip, [7u8; 4096])?;
    let error = kerege_tests::analysis::run(&clip, "v = 1\n", &folder.path().join("out")).unwrap_err().to_string();
    anyhow::ensure!(error.contains("noise.mp4") && !error.contains("panicked"), "{error}");
    let nowhere = folder.path().join("nowhere.mp4");
    let error = kerege_tests::analysis::run(&nowhere, "v = 1\n", &folder.path().join("out")).unwrap_err().to_string();
    anyhow::ensure!(error.contains("nowhere.mp4") && !error.contains("panicked"), "{error}");
    Ok(())
}

#[test]
fn bad_configurations_of_box_and_centre_are_told_all_at_once() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("edge.toml"), "device = \"a b\"\nsiet = \"X\"\n[broker]\nport = 99999\n")?;
    let output = edge(folder.path(), &["run", "--config", "edge.toml"])?;
    fails(&output, &["edge.toml:1:", "edge.toml:2:1", "did you mean 'site'", "edge.toml:4:", "out of range"])?;
    fs::write(folder.path().join("control.toml"), "data_dir = 3\n[http]\nlisten = \"everywhere\"\n")?;
    let mut centre = Command::new(binaries::path("kerege-control")?);
    let output = centre.args(["run", "--config", "control.toml"]).current_dir(folder.path()).output()?;
    fails(&output, &["control.toml:1:", "control.toml:3:"])?;
    fails(&edge(folder.path(), &["run", "--config", "absent.toml"])?, &["absent.toml"])
}
