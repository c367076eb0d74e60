//! The normal view on disk, so that a camera that is turned while the box is off is noticed: one PNG a
//! camera, which a person can look at, named after the scene that was drawn on it. Another scene is
//! another view, which is how an operator accepts that a camera was moved.

use super::plane::Plane;
use image::{GrayImage, ImageFormat};
use kerege_contract::{CameraId, Scene};
use std::fs;
use std::path::{Path, PathBuf};

/// Where a camera's view is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    folder: PathBuf,
    prefix: String,
    name: String,
}

impl Kept {
    /// In the folder `views` of the box's data folder.
    #[must_use]
    pub fn new(data_dir: &Path, camera: &CameraId, scene: &Scene) -> Self {
        let hash: String = scene.hash().to_string().chars().take(16).collect();
        let prefix = format!("{camera}.");
        Self { folder: data_dir.join("views"), name: format!("{prefix}{hash}.png"), prefix }
    }

    /// The view that was kept for this scene; none when there is none, or it cannot be read.
    pub(super) fn read(&self) -> Option<Plane> {
        let bytes = fs::read(self.folder.join(&self.name)).ok()?;
        let picture = image::load_from_memory_with_format(&bytes, ImageFormat::Png).ok()?.into_luma8();
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let fits = (16..=1024).contains(&width) && (16..=1024).contains(&height);
        fits.then(|| Plane { width, height, data: picture.into_raw().into_iter().map(f32::from).collect() })
    }

    /// Keeps a view in place of the camera's former ones.
    pub(super) fn write(&self, view: &Plane) -> std::io::Result<()> {
        let levels = view.data.iter().map(|level| level.round().clamp(0.0, 255.0) as u8).collect();
        let picture = GrayImage::from_raw(view.width as u32, view.height as u32, levels).unwrap_or_default();
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png).map_err(std::io::Error::other)?;
        fs::create_dir_all(&self.folder)?;
        let part = self.folder.join(format!(".{}.part", self.name));
        fs::write(&part, bytes.into_inner())?;
        fs::rename(&part, self.folder.join(&self.name))?;
        for former in fs::read_dir(&self.folder)?.flatten() {
            let name = former.file_name().to_string_lossy().into_owned();
            if name.starts_with(&self.prefix) && name != self.name {
                fs::remove_file(former.path())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_kept_for_its_scene_alone() {
        let folder = tempfile::tempdir().unwrap();
        let camera: CameraId = "c1".parse().unwrap();
        let (before, after) = (Scene::empty(), Scene::from_toml("v = 1\ngeo = [74.6, 42.9]").unwrap());
        let view = Plane { width: 32, height: 18, data: (0..32 * 18).map(|n| (n % 200) as f32).collect() };
        let kept = Kept::new(folder.path(), &camera, &before);
        assert_eq!(kept.read(), None);
        kept.write(&view).unwrap();
        assert_eq!(kept.read().as_ref(), Some(&view));
        let other = Kept::new(folder.path(), &camera, &after);
        assert_eq!(other.read(), None);
        other.write(&view).unwrap();
        assert_eq!((kept.read(), other.read()), (None, Some(view)));
        fs::write(folder.path().join("views").join(&other.name), b"no picture").unwrap();
        assert_eq!(other.read(), None);
    }
}
