//! What is measured on: a clip that was given, one that lies beside the repository, or a drawn one.

use crate::child;
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where development data lie, seen from the repository's root.
const BESIDE: &str = "../shared/videos/dense-intersection.mp4";

/// One line across the middle: enough for the counting to have work.
const SCENE: &str = "v = 1\n\n[[line]]\nid = \"middle\"\na = [0.0, 0.6]\nb = [1.0, 0.6]\n\
                     forward = \"down\"\nbackward = \"up\"\n";

/// A clip and the scene it is analysed with.
#[derive(Debug, Clone)]
pub struct Clip {
    /// The clip.
    pub video: PathBuf,
    /// Its scene.
    pub scene: PathBuf,
}

impl Clip {
    /// The clip that was given, else the one beside the repository, else one drawn into `folder`;
    /// the scene that was given, else one line, written into `folder`.
    ///
    /// # Errors
    /// When a given file is missing, or nothing can be drawn.
    pub fn choose(video: Option<&Path>, scene: Option<&Path>, folder: &Path) -> Result<Self> {
        let video = match video {
            Some(video) if video.is_file() => video.to_path_buf(),
            Some(video) => bail!("there is no clip {}", video.display()),
            None if Path::new(BESIDE).is_file() => PathBuf::from(BESIDE),
            None => draw(&folder.join("drawn.mp4"))?,
        };
        let scene = match scene {
            Some(scene) => scene.to_path_buf(),
            None => {
                let file = folder.join("scene.toml");
                fs::write(&file, SCENE).with_context(|| format!("cannot write {}", file.display()))?;
                file
            }
        };
        Ok(Self { video, scene })
    }
}

/// Draws 20 s of 1280×720 with a moving pattern: as costly to decode as a street, with nothing to find.
fn draw(file: &Path) -> Result<PathBuf> {
    let mut command = Command::new("gst-launch-1.0");
    command.args(["-q", "videotestsrc", "num-buffers=500", "pattern=zone-plate", "kx2=20", "ky2=20", "kt=1", "!"]);
    command.args(["video/x-raw,format=I420,width=1280,height=720,framerate=25/1", "!"]);
    command.args(["x264enc", "bitrate=3000", "key-int-max=50", "!", "h264parse", "!", "mp4mux", "!"]);
    command.arg("filesink").arg(format!("location={}", file.display()));
    child::run(&mut command).context("cannot draw a clip: give one with --video")?;
    Ok(file.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerege_contract::Scene;

    #[test]
    fn the_scene_is_a_scene() {
        assert_eq!(Scene::from_toml(SCENE).unwrap().lines.len(), 1);
    }

    #[test]
    fn what_is_missing_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = Clip::choose(Some(Path::new("no-such.mp4")), None, folder.path()).unwrap_err();
        assert!(error.to_string().contains("no-such.mp4"), "{error}");
    }
}
