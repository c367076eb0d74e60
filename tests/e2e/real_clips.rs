//! Real streets with YOLOX-Nano: counts against counts made by hand, frame by frame.
//!
//! The clips are not part of this project; where they are not beside the checkout, this says so.

use kerege_tests::{binaries, runtime, skip};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// A clip, its scene, and what a person counted: line, direction, count, and by how much a small
/// model may miss it.
struct Street {
    clip: &'static str,
    scene: &'static str,
    counted: &'static [(&'static str, &'static str, i64, i64)],
}

const STREETS: &[Street] = &[
    Street {
        clip: "suburban-road.mp4",
        scene: "suburban-road.toml",
        counted: &[("near", "forward", 8, 0), ("near", "backward", 0, 0)],
    },
    Street {
        clip: "two-carriageways.mp4",
        scene: "two-carriageways.toml",
        counted: &[
            ("left", "backward", 7, 1),
            ("left", "forward", 0, 0),
            ("right", "forward", 1, 0),
            ("right", "backward", 0, 0),
        ],
    },
    Street {
        clip: "dense-intersection.mp4",
        scene: "dense-intersection.toml",
        counted: &[("near", "forward", 15, 1), ("near", "backward", 0, 0)],
    },
];

/// Takes the model out of the shared folder, as a city without a way out would.
fn fetch(shared: &Path, models: &Path) -> anyhow::Result<()> {
    let mut command = Command::new(binaries::path("kerege-edge")?);
    command.args(["models", "fetch", "yolox-nano"]).env("KEREGE_MODELS", models);
    let output = command.env("KEREGE_MODEL_MIRROR", shared.join("models")).output()?;
    anyhow::ensure!(output.status.success(), "models fetch: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn analyze(shared: &Path, street: &Street, models: &Path, out: &Path) -> anyhow::Result<Value> {
    let scene = Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/scenes").join(street.scene);
    let status = Command::new(binaries::path("kerege-edge")?)
        .arg("analyze")
        .arg(shared.join("videos").join(street.clip))
        .arg("--scene")
        .arg(scene)
        .arg("--out")
        .arg(out)
        .env("KEREGE_MODELS", models)
        .env("KEREGE_ONNXRUNTIME", runtime::library())
        .args(["--start", "2026-03-05T08:00:00Z"])
        .status()?;
    anyhow::ensure!(status.success(), "analyze {} failed", street.clip);
    Ok(serde_json::from_slice(&std::fs::read(out.join("summary.json"))?)?)
}

#[test]
fn counts_are_those_that_a_person_makes() -> anyhow::Result<()> {
    let Some(shared) = skip::shared("counts_are_those_that_a_person_makes") else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    let models = folder.path().join("models");
    fetch(&shared, &models)?;
    let mut wrong = Vec::new();
    for street in STREETS {
        let summary = analyze(&shared, street, &models, &folder.path().join(street.clip))?;
        let touched = |row: &&Value| row["type"].as_str().is_some_and(|kind| kind.starts_with("camera_"));
        if let Some(row) = summary["incidents"].as_array().into_iter().flatten().find(touched) {
            wrong.push(format!("{}: nobody touched the camera, but: {row}", street.clip));
        }
        for (line, dir, counted, within) in street.counted {
            let rows = summary["counts"].as_array().into_iter().flatten();
            let found = rows
                .filter(|row| row["line"] == *line && row["dir"] == *dir)
                .filter_map(|row| row["total"].as_i64())
                .sum::<i64>();
            eprintln!("{}: {line} {dir}: {found} found, {counted} by hand", street.clip);
            if (found - counted).abs() > *within {
                wrong.push(format!(
                    "{}: {line} {dir}: {found} found, {counted} by hand, at most {within} off",
                    street.clip
                ));
            }
        }
    }
    anyhow::ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn the_same_clip_gives_the_same_bytes() -> anyhow::Result<()> {
    let Some(shared) = skip::shared("the_same_clip_gives_the_same_bytes") else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    let models = folder.path().join("models");
    fetch(&shared, &models)?;
    let street = &STREETS[1];
    let runs = [folder.path().join("first"), folder.path().join("second")];
    for run in &runs {
        analyze(&shared, street, &models, run)?;
    }
    for file in ["events.jsonl", "facts.jsonl", "tracks.jsonl", "passages.jsonl", "summary.json"] {
        let [first, second] = [std::fs::read(runs[0].join(file))?, std::fs::read(runs[1].join(file))?];
        anyhow::ensure!(first == second, "{file} differs from run to run");
    }
    Ok(())
}
