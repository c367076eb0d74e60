//! What is said of bad input: what happened, where, and what to do.

use crate::{Place, complaint, edge};

#[test]
fn bad_videos_scenes_and_models_are_named() {
    let place = Place::new();
    let (video, scene) = (place.path("street.mp4"), place.path("scene.toml"));
    let bad = place.path("bad.toml");
    std::fs::write(&bad, "v = 1\ncolour = 3\n[[line]]\nid = \"N\"\n").unwrap();
    let said = complaint(&place.analyze_file(&video, &bad, "out"));
    assert!(said.contains("bad.toml:2:1") && said.contains('^') && said.contains("faults"), "{said}");
    let none = place.path("none.mp4");
    assert!(complaint(&place.analyze_file(&none, &scene, "out")).contains("none.mp4"));
    std::fs::write(place.path("text.mp4"), "not a film ".repeat(500)).unwrap();
    let said = complaint(&place.analyze_file(&place.path("text.mp4"), &scene, "out"));
    assert!(said.contains("text.mp4 cannot be analysed: it is not a video file"), "{said}");
    let whole = std::fs::read(&video).unwrap();
    std::fs::write(place.path("half.mp4"), &whole[..whole.len() / 2]).unwrap();
    let said = complaint(&place.analyze_file(&place.path("half.mp4"), &scene, "out"));
    assert!(said.contains("half.mp4") && said.contains("cut off"), "{said}");
    std::fs::write(place.path("models/blobs.onnx"), b"half a model").unwrap();
    let said = complaint(&place.analyze("out"));
    assert!(said.contains("blobs") && said.contains("bytes where"), "{said}");
    let left: Vec<_> = std::fs::read_dir(place.path("out")).into_iter().flatten().collect();
    assert!(left.is_empty(), "nothing half done is left: {left:?}");
}

#[test]
fn models_are_fetched_from_a_mirror_and_checked() {
    let place = Place::new();
    let fetch = |name: &str| {
        let mut command = edge();
        command.args(["models", "fetch", name, "--models-dir"]).arg(place.path("cache"));
        command.env("KEREGE_MODEL_MIRROR", place.path("models")).output().unwrap()
    };
    std::fs::create_dir(place.path("cache")).unwrap();
    std::fs::copy(place.path("models/blobs.toml"), place.path("cache/blobs.toml")).unwrap();
    let fetched = fetch("blobs");
    assert!(fetched.status.success(), "{}", String::from_utf8_lossy(&fetched.stderr));
    assert_eq!(
        std::fs::read(place.path("cache/blobs.onnx")).unwrap(),
        std::fs::read(place.path("models/blobs.onnx")).unwrap()
    );
    std::fs::remove_file(place.path("cache/blobs.onnx")).unwrap();
    std::fs::write(place.path("models/blobs.onnx"), b"something else").unwrap();
    assert!(complaint(&fetch("blobs")).contains("nothing was kept"));
    assert!(!place.path("cache/blobs.onnx").exists());
    std::fs::remove_file(place.path("models/blobs.onnx")).unwrap();
    assert!(complaint(&fetch("blobs")).contains("not in the mirror"));
    assert!(complaint(&fetch("nonsense")).contains("there is no model 'nonsense'"));
}

#[test]
fn scenes_are_checked_by_themselves() {
    let place = Place::new();
    let check = |name: &str| edge().args(["scene", "check"]).arg(place.path(name)).output().unwrap();
    let good = check("scene.toml");
    assert!(good.status.success() && String::from_utf8_lossy(&good.stdout).contains("OK"));
    std::fs::write(place.path("bad.toml"), "v = 2\n").unwrap();
    assert!(complaint(&check("bad.toml")).contains("bad.toml:1:"));
}
