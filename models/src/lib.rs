//! From a picture to boxes: model manifests, preprocessing, the inference runtime, output decoding.
//!
//! [`catalogue::Catalogue`] names the models, [`store`] keeps their files, [`load`] makes one ready
//! as a [`Detector`]. Nothing here knows of cameras, tracks or networks; the runtime's own crate is
//! named in `backend/onnx.rs` alone, and time comes in as a function.

pub mod backend;
pub mod catalogue;
pub mod decode;
mod detector;
pub mod golden;
mod load;
pub mod manifest;
mod picture;
pub mod preprocess;
pub mod runtime;
pub mod store;

pub use catalogue::Catalogue;
pub use detector::{DetectError, Detector, StageTimes};
pub use golden::{Golden, GoldenPicture};
pub use load::{LoadError, load, look};
pub use manifest::Manifest;
pub use picture::{ColourMatrix, ColourRange, Picture, PictureError, PictureFormat, Plane};
pub use runtime::{Provider, RuntimeNotFound, RuntimeOptions, find_runtime};
