//! `kerege-edge analyze` as its user calls it, on a street that is drawn here: exact counts, the
//! incidents that really happen, the same bytes every time, and plain words for bad input.

#![allow(clippy::unwrap_used, reason = "a test")]

mod blind;
mod phases;
mod replay;
mod results;
mod street;
mod words;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// When the clip's first frame was taken.
pub(crate) const START: &str = "2026-03-05T08:13:40Z";

/// A folder with the street's clip, its scene and a model that sees its paint.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        street::draw(&place.path("street.mp4"));
        std::fs::write(place.path("scene.toml"), street::SCENE).unwrap();
        street::write_model(&place.path("models"));
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Analyses the street into a folder.
    pub(crate) fn analyze(&self, out: &str) -> Output {
        self.analyze_file(&self.path("street.mp4"), &self.path("scene.toml"), out)
    }

    pub(crate) fn analyze_file(&self, video: &Path, scene: &Path, out: &str) -> Output {
        let mut command = self.command(video, scene, out);
        command.args(["--start", START]).output().unwrap()
    }

    /// The command that analyses a file, but for its start.
    pub(crate) fn command(&self, video: &Path, scene: &Path, out: &str) -> Command {
        let mut command = edge();
        command.arg("analyze").arg(video).arg("--scene").arg(scene).arg("--out").arg(self.path(out));
        command.args(["--model", "blobs", "--models-dir"]).arg(self.path("models"));
        command
    }

    /// Analyses the street and keeps what the model saw.
    pub(crate) fn analyze_and_record(&self, out: &str) -> Output {
        let mut command = edge();
        command.arg("analyze").arg(self.path("street.mp4")).arg("--scene").arg(self.path("scene.toml"));
        command.args(["--detections", "--start", "2026-03-05T08:13:40Z", "--model", "blobs", "--models-dir"]);
        command.arg(self.path("models")).arg("--out").arg(self.path(out)).output().unwrap()
    }

    /// Replays recordings into a folder.
    pub(crate) fn replay(&self, recordings: &[&str], scene: &str, out: &str) -> Output {
        let mut command = edge();
        command.arg("replay").args(recordings.iter().map(|name| self.path(name)));
        command.arg("--scene").arg(self.path(scene)).arg("--out").arg(self.path(out)).arg("--tracks");
        command.output().unwrap()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }
}

/// The box's program.
pub(crate) fn edge() -> Command {
    Command::new(env!("CARGO_BIN_EXE_kerege-edge"))
}

/// What a run said on standard error; it must have failed.
pub(crate) fn complaint(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    said
}
