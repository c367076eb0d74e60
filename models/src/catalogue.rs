//! The models that can be named: those that ship and those of a city's own folder.

use crate::manifest::{Manifest, ManifestError};
use std::path::{Path, PathBuf};

/// File name and text of the manifests in the binary.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("yolox-nano.toml", include_str!("../manifests/yolox-nano.toml")),
    ("nanodet-plus-m-416.toml", include_str!("../manifests/nanodet-plus-m-416.toml")),
    ("deimv2-femto.toml", include_str!("../manifests/deimv2-femto.toml")),
    ("pvb-2004.toml", include_str!("../manifests/pvb-2004.toml")),
    ("kerege-nano.toml", include_str!("../manifests/kerege-nano.toml")),
    ("kerege-nano-fp32.toml", include_str!("../manifests/kerege-nano-fp32.toml")),
    ("kerege-nano-wide.toml", include_str!("../manifests/kerege-nano-wide.toml")),
    ("kerege-nano-wide-fp32.toml", include_str!("../manifests/kerege-nano-wide-fp32.toml")),
];

/// Name of the golden picture that ships: a crossing, rendered by `tests/scenes`.
pub const STREET: &str = "street.ppm";

/// Name and bytes of the golden pictures in the binary.
const PICTURES: &[(&str, &[u8])] = &[(STREET, include_bytes!("../manifests/street.ppm"))];

/// The golden picture of a name among those that ship.
///
/// # Errors
/// When there is none.
pub fn built_in_picture(name: &str) -> Result<Vec<u8>, String> {
    let picture = PICTURES.iter().find(|(known, _)| *known == name);
    picture.map(|(_, bytes)| bytes.to_vec()).ok_or_else(|| "no picture of this name ships".into())
}

/// Manifests by name.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    manifests: Vec<Manifest>,
}

/// Why the manifests could not be read, or a name is not among them.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The folder or a file of it cannot be read.
    #[error("cannot read the model manifests at {}", path.display())]
    Read {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Mistakes in a manifest.
    #[error("{0}")]
    Manifest(ManifestError),
    /// Two manifests of one name.
    #[error("{} describes a model '{name}', and so does another manifest: rename one", path.display())]
    Twice {
        /// The second file.
        path: PathBuf,
        /// The name.
        name: String,
    },
    /// No such model.
    #[error("there is no model '{name}'; known: {}", known.join(", "))]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
}

impl Catalogue {
    /// The models that ship.
    ///
    /// # Errors
    /// Never in a build whose tests pass.
    pub fn built_in() -> Result<Self, CatalogueError> {
        let read = |(file, text): &(&str, &str)| Manifest::from_toml(text, file).map_err(CatalogueError::Manifest);
        let manifests = BUILT_IN.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { manifests })
    }

    /// Adds every `*.toml` of a folder, in the order of their names. A golden picture is looked for
    /// in the folder, then among those that ship.
    ///
    /// # Errors
    /// When a file cannot be read, has mistakes, or describes a model that is known already.
    pub fn add_folder(&mut self, folder: &Path) -> Result<(), CatalogueError> {
        let unreadable = |path: &Path| {
            let path = path.to_path_buf();
            move |source| CatalogueError::Read { path, source }
        };
        let entries = std::fs::read_dir(folder).map_err(unreadable(folder))?;
        let paths: Result<Vec<PathBuf>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
        let mut paths = paths.map_err(unreadable(folder))?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        paths.sort();
        for path in paths {
            let text = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
            let origin = path.display().to_string();
            let manifest = Manifest::read(&text, &origin, &|name| picture_beside(folder, name));
            let manifest = manifest.map_err(CatalogueError::Manifest)?;
            if self.get(&manifest.name).is_ok() {
                return Err(CatalogueError::Twice { path, name: manifest.name });
            }
            self.manifests.push(manifest);
        }
        Ok(())
    }

    /// The model of a name.
    ///
    /// # Errors
    /// When there is none; the message names those there are.
    pub fn get(&self, name: &str) -> Result<&Manifest, CatalogueError> {
        let found = self.manifests.iter().find(|manifest| manifest.name == name);
        found.ok_or_else(|| {
            let known = self.manifests.iter().map(|manifest| manifest.name.clone()).collect();
            CatalogueError::Unknown { name: name.to_owned(), known }
        })
    }

    /// All models, those that ship first.
    pub fn iter(&self) -> impl Iterator<Item = &Manifest> {
        self.manifests.iter()
    }
}

fn picture_beside(folder: &Path, name: &str) -> Result<Vec<u8>, String> {
    let path = folder.join(name);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            built_in_picture(name).map_err(|_| format!("no file {}", path.display()))
        }
        Err(error) => Err(format!("cannot read {}: {error}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_city_adds_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let mut catalogue = Catalogue::built_in().unwrap();
        let own = BUILT_IN[0].1.replace("name = \"yolox-nano\"", "name = \"ours\"");
        std::fs::write(folder.path().join("ours.toml"), own).unwrap();
        std::fs::write(folder.path().join("notes.txt"), "not a manifest").unwrap();
        catalogue.add_folder(folder.path()).unwrap();
        assert_eq!(catalogue.get("ours").unwrap().name, "ours");
        assert_eq!(catalogue.iter().count(), BUILT_IN.len() + 1);
        let error = catalogue.get("our").unwrap_err().to_string();
        assert!(error.contains("'our'") && error.contains("yolox-nano, ") && error.ends_with(", ours"), "{error}");
    }

    #[test]
    fn a_golden_picture_lies_beside_its_manifest_or_ships() {
        let folder = tempfile::tempdir().unwrap();
        let read = |picture: &str| {
            let own = BUILT_IN[0].1.replace("name = \"yolox-nano\"", "name = \"ours\"");
            let own = own.replace("picture = \"street.ppm\"", &format!("picture = \"{picture}\""));
            std::fs::write(folder.path().join("ours.toml"), own).unwrap();
            let mut catalogue = Catalogue::default();
            catalogue.add_folder(folder.path()).map_err(|error| error.to_string())?;
            Ok::<_, String>(catalogue.get("ours").unwrap().golden.clone().unwrap().picture)
        };
        let shipped = read("street.ppm").unwrap();
        let error = read("own.ppm").unwrap_err();
        assert!(error.contains("ours.toml:") && error.contains("no file") && error.contains("own.ppm"), "{error}");
        std::fs::write(folder.path().join("own.ppm"), [&b"P6 16 16 255\n"[..], &[1; 768]].concat()).unwrap();
        assert_eq!(read("own.ppm").unwrap().name, "own.ppm");
        std::fs::write(folder.path().join("street.ppm"), [&b"P6 16 16 255\n"[..], &[1; 768]].concat()).unwrap();
        assert_ne!(read("street.ppm").unwrap(), shipped, "the one beside goes first");
        let error = read("../street.ppm").unwrap_err();
        assert!(error.contains("without folders"), "{error}");
    }

    #[test]
    fn what_ships_stands_in_for_each_other() {
        let catalogue = Catalogue::built_in().unwrap();
        for manifest in catalogue.iter() {
            let Some(fallback) = &manifest.fallback else { continue };
            let other = catalogue.get(fallback).unwrap();
            assert_eq!(other.input, manifest.input, "{} and {fallback}", manifest.name);
            assert_eq!(other.output.classes, manifest.output.classes, "{} and {fallback}", manifest.name);
        }
    }

    #[test]
    fn what_is_wrong_in_a_folder_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut catalogue = Catalogue::built_in().unwrap();
        let error = catalogue.add_folder(&folder.path().join("none")).unwrap_err().to_string();
        assert!(error.contains("none"), "{error}");
        std::fs::write(folder.path().join("a.toml"), BUILT_IN[0].1).unwrap();
        let error = catalogue.add_folder(folder.path()).unwrap_err().to_string();
        assert!(error.contains("a.toml") && error.contains("rename one"), "{error}");
        std::fs::write(folder.path().join("a.toml"), "name = 3").unwrap();
        let error = catalogue.add_folder(folder.path()).unwrap_err().to_string();
        assert!(error.contains("a.toml:1:8") && error.contains("expected a text"), "{error}");
    }
}
