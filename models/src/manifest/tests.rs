//! The manifests that ship, and every mistake with its place.

use super::*;
use crate::catalogue::BUILT_IN;

fn shipped() -> &'static str {
    BUILT_IN.iter().find(|(file, _)| *file == "yolox-nano.toml").unwrap().1
}

#[test]
fn what_ships_is_right() {
    for (file, text) in BUILT_IN {
        let manifest = Manifest::from_toml(text, file).unwrap();
        assert_eq!(format!("{}.toml", manifest.name), *file);
    }
    let nano = Manifest::from_toml(shipped(), "yolox-nano.toml").unwrap();
    assert_eq!(nano.input.shape(), [1, 3, 416, 416]);
    assert_eq!(nano.output.classes.len(), 80);
    assert_eq!(nano.output.classes[7], Some(RoadUserClass::Truck));
    assert_eq!(nano.output.classes.iter().flatten().count(), 6);
    assert_eq!(nano.output.riders, Riders::Apart);
    assert!(nano.tells(RoadUserClass::Bus) && !nano.tells(RoadUserClass::Van));
    assert!(nano.model_ref().hash.starts_with("sha256:695e"));
}

/// Faults of the shipped manifest after one replacement.
fn with(from: &str, to: &str) -> String {
    assert!(shipped().contains(from), "'{from}' is not in the manifest");
    Manifest::from_toml(&shipped().replacen(from, to, 1), "m.toml").unwrap_err().to_string()
}

#[test]
fn each_mistake_is_told_where_it_stands() {
    let cases = [
        ("name = \"yolox-nano\"", "name = \"YOLOX nano\"", "cannot be a model's name"),
        ("\"yolox_nano.onnx\"", "\"../yolox_nano.onnx\"", "give the name alone"),
        ("695e750a", "695e750z", "64 hexadecimal digits"),
        ("bytes = 3660092", "bytes = 0", "out of range"),
        ("bytes = 3660092", "", "'bytes' is missing"),
        ("https://", "ftp://", "begins with https://"),
        ("layout = \"nchw\"", "layout = \"nhwc\"", "use one of: nchw"),
        ("width = 416", "width = 8", "out of range"),
        ("width = 416", "width = 420", "no whole cells of 8"),
        ("channels = \"bgr\"", "channels = \"yuv\"", "use one of: rgb, bgr"),
        ("std = [1, 1, 1]", "std = [1, 0, 1]", "divided by 0"),
        ("std = [1, 1, 1]", "std = [1, 1]", "expected 3 numbers"),
        ("fill = 114", "fill = 300", "out of range"),
        ("fill = 114", "fil = 114", "did you mean 'fill'?"),
        ("family = \"yolox\"", "family = \"yolo\"", "use one of: yolox"),
        ("strides = [8, 16, 32]", "strides = []", "one or more whole numbers"),
        ("strides = [8, 16, 32]", "strides = 8", "expected a list of whole numbers"),
        ("strides = [8, 16, 32]", "strides = [8, 0]", "from 1 to 256"),
        ("score_threshold = 0.1", "score_threshold = 0", "out of range"),
        ("nms_iou = 0.45", "nms_iou = 1.5", "out of range"),
        ("riders = \"apart\"", "riders = \"perhaps\"", "use one of: apart, together"),
        ("classes = 80", "classes = 4", "there is no class 5"),
        ("index = 7", "index = 5", "class 5 has a meaning already"),
        ("means = \"truck\"", "means = \"lorry\"", "'lorry' is not known here"),
        ("seed = 1", "seed = -1", "out of range"),
        ("[0, 1.06674]", "[0.5, 1.06674]", "pairs of an index"),
        ("tolerance = ", "tolerence = ", "'tolerance' is missing"),
        ("[input]", "[inputs]", "'input' is missing"),
        ("[output]", "[", "m.toml:"),
    ];
    for (from, to, told) in cases {
        let error = with(from, to);
        assert!(error.contains(told) && error.contains("m.toml:"), "{from} -> {to}: {error}");
    }
}

#[test]
fn all_faults_come_together() {
    let text = "name = \"x\"\nlicense = \"MIT\"\n[input]\nwidth = \"wide\"\n[output]\nfamily = \"yolox\"\n";
    insta::assert_snapshot!(Manifest::from_toml(text, "m.toml").unwrap_err());
}

#[test]
fn a_manifest_without_any_class_is_refused() {
    let (head, _) = shipped().split_once("[[class]]").unwrap();
    let error = Manifest::from_toml(head, "m.toml").unwrap_err().to_string();
    assert!(error.contains("'class' is missing"), "{error}");
}
