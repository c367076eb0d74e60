//! `kerege-edge scene check`, and reading a scene file for the other commands.

use kerege_contract::{FrameSize, Scene};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Arguments of `kerege-edge scene`.
#[derive(Debug, Clone, clap::Args)]
pub struct SceneArguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Clone, clap::Subcommand)]
enum Action {
    /// Check a scene file and show all of its faults.
    Check {
        /// The scene, TOML or JSON.
        file: PathBuf,
    },
}

/// Why a scene file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SceneError {
    /// It cannot be read.
    #[error("cannot read the scene {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It has faults, shown with line and caret.
    #[error("{0}")]
    Faults(String),
    /// Nobody listens.
    #[error("cannot write to standard output")]
    Output(#[source] std::io::Error),
}

/// Checks a scene file; prints OK or gives all faults as the error.
///
/// # Errors
/// When the file cannot be read or has faults.
pub fn command(arguments: &SceneArguments) -> Result<(), SceneError> {
    let Action::Check { file } = &arguments.action;
    read(file)?;
    writeln!(std::io::stdout(), "{}: OK", file.display()).map_err(SceneError::Output)
}

/// Reads and checks a scene file: JSON by its name's ending, else TOML.
///
/// # Errors
/// When the file cannot be read or has faults.
pub fn read(path: &Path) -> Result<Scene, SceneError> {
    let (text, shown) = (read_text(path)?, path.display().to_string());
    let is_json = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    if !is_json {
        return Scene::from_toml(&text).map_err(|bad| SceneError::Faults(bad.render(&shown, &text)));
    }
    let value = serde_json::from_str(&text)
        .map_err(|error| SceneError::Faults(format!("{shown}:{}:{}: {error}", error.line(), error.column())))?;
    Scene::from_json(&value).map_err(|bad| SceneError::Faults(bad.render(&shown, &text)))
}

/// Reads a file that a person wrote.
///
/// # Errors
/// When it cannot be read or is no UTF-8 text.
pub fn read_text(path: &Path) -> Result<String, SceneError> {
    let bytes = std::fs::read(path).map_err(|source| SceneError::Read { path: path.to_owned(), source })?;
    String::from_utf8(bytes).map_err(|error| {
        let line = 1 + error.as_bytes().iter().take(error.utf8_error().valid_up_to()).filter(|b| **b == b'\n').count();
        SceneError::Faults(format!("{}:{line}: this is not UTF-8 text; save the file as UTF-8", path.display()))
    })
}

/// The size of a picture as it is written on the command line.
///
/// # Errors
/// A sentence that says how to write it.
pub fn frame_size(text: &str) -> Result<FrameSize, String> {
    let parts = text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    match parts {
        Some((width @ 16..=16_384, height @ 16..=16_384)) => Ok(FrameSize::new(width, height)),
        _ => Err("write width and height in pixels, such as 1280x720".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(name: &str, content: &[u8]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        read(&path).unwrap_err().to_string()
    }

    #[test]
    fn a_good_scene_is_read_and_every_fault_has_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        std::fs::write(&path, "v = 1\n").unwrap();
        assert_eq!(read(&path).unwrap(), Scene::empty());
        let told = faults("b.toml", b"v = 1\ncolour = 3\n[[line]]\nid = \"N\"\n");
        assert!(told.contains("b.toml:2:") && told.contains("^") && told.contains("faults"), "{told}");
        assert!(faults("c.json", b"{\"v\": 1,\n!").contains("c.json:2:"), "JSON that is none");
        assert!(faults("d.toml", b"v = 1\n# \xff\n").contains("d.toml:2: this is not UTF-8"));
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = read(Path::new("/nowhere/scene.toml")).unwrap_err();
        assert!(error.to_string().contains("/nowhere/scene.toml"));
    }
}
