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
    assert_eq!((nano.precision, nano.fallback.as_deref(), nano.output.names), (Precision::Fp32, None, None));
    assert!(Manifest::from_toml(shipped(), "m").unwrap().model_ref().hash.starts_with("sha256:695e"));
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
        ("family = \"yolox\"", "family = \"yolo\"", "use one of: yolox, nanodet, ltrb, boxes_scores, detr_"),
        ("family = \"yolox\"", "family = \"nanodet\"", "'bins' is missing"),
        ("family = \"yolox\"", "family = \"detr_logits\"", "'boxes' is missing"),
        ("family = \"yolox\"", "family = \"boxes_scores\"\nboxes = 9", "'strides'"),
        ("family = \"yolox\"", "family = \"yolox\"\noutputs = [\"a\", \"b\"]", "1 output tensors, but 2 names"),
        ("classes = 80", "classes = 80\nscores = \"percent\"", "use one of: probabilities, logits"),
        ("licence =", "precision = \"int4\"\nlicence =", "use one of: fp32, fp16, int8"),
        ("licence =", "fallback = \"yolox-nano\"\nlicence =", "cannot stand in for itself"),
        ("licence =", "fallback = \"Other one\"\nlicence =", "cannot be a model's name"),
        ("strides = [8, 16, 32]", "strides = []", "one or more whole numbers"),
        ("strides = [8, 16, 32]", "strides = 8", "expected a list of whole numbers"),
        ("strides = [8, 16, 32]", "strides = [8, 0]", "from 1 to 256"),
        ("score_threshold = 0.1", "score_threshold = 0", "out of range"),
        ("nms_iou = 0.45", "nms_iou = 1.5", "out of range"),
        ("riders = \"apart\"", "riders = \"perhaps\"", "use one of: apart, together"),
        ("classes = 80", "classes = 4", "there is no class 5"),
        ("index = 7", "index = 5", "class 5 has a meaning already"),
        ("means = \"truck\"", "means = \"lorry\"", "'lorry' is not known here"),
        ("\"street.ppm\"", "\"avenue.ppm\"", "no picture of this name ships"),
        ("\"street.ppm\"", "\"a/street.ppm\"", "give the name alone"),
        ("tolerance = ", "tolerence = ", "'tolerance' is missing"),
        ("tolerance = ", "tolerance = 1", "out of range"),
        ("class = \"truck\", score", "class = \"lorry\", score", "'lorry' is not known here"),
        ("detections = [", "detections = []\nothers = [", "an empty answer proves nothing"),
        ("box = [0.", "box = [1.", "a box is left, top, right, bottom"),
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

#[test]
fn each_family_has_its_keys() {
    let read = |family: &str| {
        let text = shipped().replace("family = \"yolox\"\nstrides = [8, 16, 32]", family);
        Manifest::from_toml(&text, "m.toml").unwrap_or_else(|error| panic!("{family}: {error}")).output
    };
    let strides = vec![8, 64];
    let nanodet = read("family = \"nanodet\"\nstrides = [8, 64]\nbins = 8");
    assert_eq!(nanodet.family, Family::NanoDet { strides: strides.clone(), bins: 8 }, "6.5 cells are 7");
    let ltrb = read("family = \"ltrb\"\nstrides = [8, 64]\nscores = \"logits\"\noutputs = [\"out\"]");
    assert_eq!((ltrb.family, ltrb.scores), (Family::Ltrb { strides }, Scores::Logits));
    assert_eq!(ltrb.names.unwrap(), ["out"]);
    let pvb = read("family = \"boxes_scores\"\nboxes = 9\noutputs = [\"b\", \"s\"]");
    assert_eq!((pvb.family, pvb.scores), (Family::BoxesScores { boxes: 9 }, Scores::Probabilities));
    let labels = read("family = \"detr_labels\"\nboxes = 300\nsizes_input = \"sizes\"");
    assert_eq!(labels.family, Family::DetrLabels { boxes: 300, sizes_input: "sizes".into() });
    let logits = read("family = \"detr_logits\"\nboxes = 300");
    assert_eq!((logits.family, logits.scores), (Family::DetrLogits { boxes: 300 }, Scores::Logits));
}
