//! What is said of bad input: what happened, where, and what to do.

use crate::{Place, complaint, edge};
use std::path::Path;

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

/// The place's model under a second name, with a golden answer that it does not give.
fn unfit_twin(place: &Place, fallback: &str) -> std::path::PathBuf {
    let text = place.read("models/blobs.toml").replace("name = \"blobs\"", "name = \"unfit\"");
    let golden = "[golden]\npicture = \"street.ppm\"\ntolerance = 0.05\n\
        detections = [{ class = \"bus\", score = 0.9, box = [0.1, 0.1, 0.3, 0.3] }]\n\n[[class]]";
    let text = text.replacen("[[class]]", golden, 1).replace("licence =", &format!("{fallback}\nlicence ="));
    let path = place.path("models/unfit.toml");
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn another_model_stands_in_for_one_that_computes_wrongly_here() {
    let place = Place::new();
    let run = |out: &str| {
        let mut command = edge();
        command.arg("analyze").arg(place.path("street.mp4")).arg("--scene").arg(place.path("scene.toml"));
        command.arg("--out").arg(place.path(out)).args(["--model", "unfit", "--models-dir"]);
        command.arg(place.path("models")).output().unwrap()
    };
    unfit_twin(&place, "");
    let said = complaint(&run("out"));
    assert!(said.contains("'unfit' computes wrongly on this machine: in street.ppm the bus at"), "{said}");
    unfit_twin(&place, "fallback = \"blobs\"");
    let ran = run("out");
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success() && said.contains("computes wrongly on this machine (in street.ppm the bus"), "{said}");
    assert!(said.contains("'blobs' is used instead"), "{said}");
    assert!(String::from_utf8_lossy(&ran.stdout).contains("\"id\":\"blobs\""), "what really looked is named");
    unfit_twin(&place, "fallback = \"nobody\"");
    let said = complaint(&run("other"));
    assert!(said.contains("'nobody', which should stand in for it, cannot be used"), "{said}");
}

#[test]
fn weights_that_lie_in_the_tree_need_no_fetching() {
    let place = Place::new();
    let tree = place.path("tree/models/weights");
    std::fs::create_dir_all(&tree).unwrap();
    std::fs::create_dir_all(place.path("tree/below")).unwrap();
    std::fs::rename(place.path("models/blobs.onnx"), tree.join("blobs.onnx")).unwrap();
    let models = |folder: &str, action: &[&str]| {
        let mut command = edge();
        command.arg("models").args(action).arg("--models-dir").arg(place.path("models"));
        command.env_remove("KEREGE_MODEL_MIRROR").current_dir(place.path(folder)).output().unwrap()
    };
    let fetched = models("tree/below", &["fetch", "blobs"]);
    let told = String::from_utf8_lossy(&fetched.stdout).trim().to_owned();
    assert!(fetched.status.success() && Path::new(&told) == tree.join("blobs.onnx").canonicalize().unwrap(), "{told}");
    let list = String::from_utf8_lossy(&models("tree/below", &["list"]).stdout).into_owned();
    assert!(list.contains("blobs\tready\tfp32\tApache-2.0"), "{list}");
    assert!(complaint(&models("models", &["fetch", "blobs"])).contains("has no source address"));
}

#[test]
fn a_model_is_tried_and_looked_into() {
    let place = Place::new();
    let models = |action: &[&str]| {
        let mut command = edge();
        command.arg("models").args(action).arg("--models-dir").arg(place.path("models")).output().unwrap()
    };
    let tried = models(&["try", "blobs"]);
    let told = String::from_utf8_lossy(&tried.stdout).into_owned();
    assert!(told.contains("blobs: has no golden answer") && told.contains("ms a picture by cpu"), "{told}");
    assert!(complaint(&models(&["golden", "blobs"])).contains("sees nothing surely in street.ppm"));
    let file = place.path("models/blobs.onnx");
    let looked = models(&["inspect", &file.display().to_string()]);
    let told = String::from_utf8_lossy(&looked.stdout).into_owned();
    assert!(told.contains("file = \"blobs.onnx\"") && told.contains("# input 'picture'"), "{told}");
    unfit_twin(&place, "fallback = \"blobs\"");
    assert!(complaint(&models(&["try", "unfit"])).contains("computes wrongly"), "what is tried is that model");
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
