//! A file of calibration points, as somebody wrote it down at the roadside: the calibration of a scene
//! by itself, or the scene that holds it.

use super::{BadScene, Calibration, CalibrationPoint, RoadUnit, check, read};
use crate::document::{Faults, Fields, Node};
use crate::{FramePoint, FrameSize};

/// Keys of a scene that say nothing of its calibration.
const REST: [&str; 7] = ["geo", "line", "lane", "zone", "leg", "mask", "rule"];

/// Points and the picture they were read off.
#[derive(Debug, Clone, PartialEq)]
pub struct PointsFile {
    /// The points.
    pub calibration: Calibration,
    /// Size of the picture, where the file tells it.
    pub size: Option<FrameSize>,
}

impl PointsFile {
    /// Reads a file of points, or a scene with its calibration.
    ///
    /// A point names its place in the picture as `image`, 0..1 of the frame, or as `pixel`, counted
    /// from the top left of a picture of the file's `size`.
    ///
    /// # Errors
    /// All faults of the text at once, each with its place.
    pub fn from_toml(text: &str) -> Result<Self, BadScene> {
        let faults = Faults::default();
        let root = Node::from_toml(text, &faults);
        match file(&root, &faults) {
            Some(points) if faults.is_empty() => Ok(points),
            _ => Err(BadScene { faults: faults.into_list() }),
        }
    }
}

fn file(root: &Node, faults: &Faults) -> Option<PointsFile> {
    let mut fields = Fields::open(root, "", faults)?;
    read::version(&mut fields);
    for key in REST {
        fields.node(key);
    }
    let aspect = fields.number("pixel_aspect", 0.25..=4.0);
    let size = size(&mut fields).map(|size| FrameSize { pixel_aspect: aspect.unwrap_or(1.0), ..size });
    if fields.required("calibration").is_none() {
        fields.finish();
        return None;
    }
    let calibration = fields.table("calibration").and_then(|fields| calibration(fields, size));
    fields.finish();
    Some(PointsFile { calibration: calibration?, size })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and within range")]
fn size(fields: &mut Fields<'_>) -> Option<FrameSize> {
    let numbers = fields.numbers::<2>("size")?;
    if numbers.iter().any(|number| number.fract() != 0.0 || !(16.0..=16_384.0).contains(number)) {
        fields.fault("size", "not the size of a picture", "write its width and height in pixels: [1280, 720]");
        return None;
    }
    Some(FrameSize::new(numbers[0] as u32, numbers[1] as u32))
}

fn calibration(mut fields: Fields<'_>, size: Option<FrameSize>) -> Option<Calibration> {
    let unit: Option<RoadUnit> = read::unit(&mut fields);
    fields.required("points");
    let points: Vec<CalibrationPoint> =
        fields.tables("points").into_iter().filter_map(|fields| point(fields, size)).collect();
    check::calibration(&fields, &points);
    let valid = read::valid(&mut fields);
    fields.finish();
    Some(Calibration { unit: unit?, points, valid })
}

fn point(mut fields: Fields<'_>, size: Option<FrameSize>) -> Option<CalibrationPoint> {
    // For whoever wrote the points down.
    fields.text("name");
    let image = match (fields.numbers::<2>("pixel"), size) {
        (Some([x, y]), Some(size)) => {
            let place = FramePoint { x: x / f64::from(size.width), y: y / f64::from(size.height) };
            if !(0.0..=1.0).contains(&place.x) || !(0.0..=1.0).contains(&place.y) {
                fields.fault("pixel", "the point lies outside the picture", "pixels count from the top left");
            }
            Some(place)
        }
        (Some(_), None) => {
            fields.fault("pixel", "pixels of which picture?", "write its size at the top: size = [1280, 720]");
            None
        }
        (None, _) => read::point(&mut fields, "image"),
    };
    let road = fields.required_numbers::<2>("road");
    fields.finish();
    Some(CalibrationPoint { image: image?, road: road? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINTS: &str = "v = 1\nsize = [1000, 500]\n[calibration]\nunit = 'metres'\npoints = [\n\
        { pixel = [200, 150], road = [0, 40], name = 'kerb' },\n { image = [0.8, 0.3], road = [10.5, 40] },\n\
        { image = [0.95, 0.9], road = [10.5, 0] },\n { image = [0.05, 0.9], road = [0, 0] },\n]\n";

    #[test]
    fn pixels_and_shares_may_be_mixed_and_a_scene_will_do() {
        let file = PointsFile::from_toml(POINTS).unwrap();
        assert_eq!(file.size, Some(FrameSize::new(1000, 500)));
        assert_eq!(file.calibration.points[0].image, FramePoint { x: 0.2, y: 0.3 });
        let scene = POINTS
            .replace("size = [1000, 500]", "pixel_aspect = 1.0")
            .replace("pixel = [200, 150]", "image = [0.2, 0.3]");
        let scene = scene + "[[line]]\nid = 'N'\na = [0.1, 0.5]\nb = [0.9, 0.5]\n";
        assert_eq!(PointsFile::from_toml(&scene).unwrap().calibration, file.calibration);
    }

    #[test]
    fn faults_have_their_place() {
        let faults = |text: &str| PointsFile::from_toml(text).unwrap_err().to_string();
        assert!(faults("v = 1\n").contains("calibration"));
        assert!(faults(&POINTS.replace("size = [1000, 500]\n", "")).contains("size = [1280, 720]"));
        assert!(faults(&POINTS.replace("[200, 150]", "[1200, 150]")).contains("outside the picture"));
        assert!(faults(&POINTS.replace("size = [1000, 500]", "size = [0, 500]")).contains("size of a picture"));
        assert!(faults(&POINTS.replace("name =", "names =")).contains("did you mean 'name'"));
    }
}
