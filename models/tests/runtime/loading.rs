//! What can be wrong with a model, its file or the runtime: one clear error each, never a panic.

use crate::support::{blob_model, options, write_model};
use kerege_models::backend::{BackendError, inspect};
use kerege_models::manifest::ChannelOrder;
use kerege_models::{Golden, GoldenPicture, LoadError, Manifest, Provider, RuntimeOptions, load, look};
use kerege_tiny_onnx::{Blob, Graph, Layout, Paint, colour_blob_detector};
use std::error::Error;
use std::path::Path;

const BLOBS: [Blob; 1] = [Blob { paint: Paint::Red, width: 40.0, height: 24.0 }];
const INPUT: (u32, u32) = (96, 64);

/// The whole chain of an error that must be.
fn told(manifest: &Manifest, file: &Path, options: &RuntimeOptions) -> String {
    let Err(error) = load(manifest, file, options) else { panic!("this must not load") };
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        told = format!("{told}: {error}");
        source = error.source();
    }
    told
}

#[test]
fn a_damaged_model_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let whole = colour_blob_detector(INPUT.0, INPUT.1, &BLOBS);
    let options = options();
    let mut damaged: Vec<Vec<u8>> = (0..40).map(|part| whole[..whole.len() * part / 40].to_vec()).collect();
    damaged.extend([vec![0; 5000], vec![0xff; 5000], b"<html>404 not found</html>".to_vec()]);
    for index in 0..40 {
        let mut flipped = whole.clone();
        let at = index * 37 % 1500;
        flipped[at] ^= 1 << (index % 8);
        damaged.push(flipped);
    }
    for bytes in damaged {
        let (mut manifest, file) = write_model(folder.path(), &bytes, INPUT, &BLOBS);
        manifest.file.bytes = bytes.len() as u64;
        // A flipped bit may leave a model that runs; whatever it is, it must not panic.
        if let Err(error) = load(&manifest, &file, &options) {
            assert!(error.to_string().contains("'blobs'"), "{error}");
        }
    }
    let (mut manifest, file) = write_model(folder.path(), &whole[..900], INPUT, &BLOBS);
    let error = told(&manifest, &file, &options);
    assert!(error.contains("is not a model that this ONNX Runtime can run"), "{error}");
    manifest.file.bytes = whole.len() as u64;
    let error = told(&manifest, &file, &options);
    assert!(error.contains("has 900 bytes") && error.contains("cut off") && error.contains("models fetch"), "{error}");
}

#[test]
fn a_missing_or_replaced_file_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let (manifest, file) = blob_model(folder.path(), INPUT, &BLOBS);
    std::fs::remove_file(&file).unwrap();
    let error = told(&manifest, &file, &options());
    assert!(error.contains("is not there") && error.contains("models fetch blobs"), "{error}");
    let mut other = colour_blob_detector(INPUT.0, INPUT.1, &BLOBS);
    *other.last_mut().unwrap() ^= 1;
    std::fs::write(&file, other).unwrap();
    let error = told(&manifest, &file, &options());
    assert!(error.contains("is another file than the manifest names"), "{error}");
}

#[test]
fn a_model_that_is_not_what_its_manifest_says_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let options = options();
    let (manifest, file) = blob_model(folder.path(), INPUT, &BLOBS);
    let mut wider = manifest.clone();
    wider.input.width = 128;
    let error = told(&wider, &file, &options);
    assert!(error.contains("the model's input is [1, 3, 64, 96]") && error.contains("[1, 3, 64, 128]"), "{error}");
    let mut more_classes = manifest;
    more_classes.output.classes.push(None);
    let error = told(&more_classes, &file, &options);
    assert!(error.contains("the model's output is [1, 126, 6]") && error.contains("[1, 126, 7]"), "{error}");

    let mut graph = Graph::default();
    let first = graph.input("a", &[1, 3, 64, 96]);
    let second = graph.input("b", &[1, 3, 64, 96]);
    let sum = graph.node("Add", &[&first, &second]);
    let bytes = graph.finish(&sum, &[1, 3, 64, 96]);
    let (manifest, file) = write_model(folder.path(), &bytes, INPUT, &BLOBS);
    let error = told(&manifest, &file, &options);
    assert!(error.contains("number of inputs is 2"), "{error}");
}

#[test]
fn a_missing_or_wrong_library_is_an_error_and_a_second_one_too() {
    let folder = tempfile::tempdir().unwrap();
    let (manifest, file) = blob_model(folder.path(), INPUT, &BLOBS);
    let good = options();
    load(&manifest, &file, &good).unwrap();
    let absent = RuntimeOptions::new(folder.path().join("libonnxruntime.so"));
    let error = told(&manifest, &file, &absent);
    assert!(error.contains("is loaded from") && error.contains("restart with one path"), "{error}");
}

#[test]
fn a_provider_that_is_absent_is_an_error_not_another_provider() {
    let folder = tempfile::tempdir().unwrap();
    let (manifest, file) = blob_model(folder.path(), INPUT, &BLOBS);
    for provider in [Provider::Cuda, Provider::TensorRt, Provider::OpenVino] {
        let options = RuntimeOptions { provider, ..options() };
        match load(&manifest, &file, &options) {
            Ok(_) => eprintln!("SKIPPED: this machine has {}, so its absence cannot be tried", provider.as_str()),
            Err(LoadError::Backend { source: source @ BackendError::ProviderAbsent { .. }, .. }) => {
                let expected = format!(
                    "the ONNX Runtime at {} cannot compute by '{}', only by cpu: name a build with it as the runtime, \
                     or set the provider to 'cpu'",
                    options.library.display(),
                    provider.as_str()
                );
                assert_eq!(source.to_string(), expected);
            }
            // A build with it, on a machine without.
            Err(LoadError::Backend { source, .. }) => {
                assert!(source.to_string().contains("does not start: check its driver"), "{source}");
            }
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn a_golden_answer_that_does_not_come_out_keeps_the_model_out() {
    let folder = tempfile::tempdir().unwrap();
    let (mut manifest, file) = blob_model(folder.path(), INPUT, &BLOBS);
    let painted = |red: [usize; 2]| {
        let inside = |at: usize| {
            let (x, y) = (at % 96, at / 96);
            (red[0]..red[0] + 40).contains(&x) && (red[1]..red[1] + 24).contains(&y)
        };
        let pixels = (0..96 * 64).flat_map(|at| if inside(at) { Paint::Red.rgb() } else { Paint::ROAD });
        let file: Vec<u8> = b"P6 96 64 255\n".iter().copied().chain(pixels).collect();
        GoldenPicture::from_ppm("red.ppm", &file).unwrap()
    };
    let found = look(&manifest, &file, &options(), &painted([20, 12])).unwrap();
    let golden = Golden::of(painted([20, 12]), 0.02, &found);
    assert_eq!(golden.detections.len(), 1);
    manifest.golden = Some(golden.clone());
    let detector = load(&manifest, &file, &options()).unwrap();
    assert_eq!(detector.timings().frames, 0, "the golden picture is not a picture of the street");

    manifest.golden = Some(Golden { picture: painted([40, 30]), ..golden.clone() });
    let error = told(&manifest, &file, &options());
    assert!(
        error.contains("computes wrongly on this machine: in red.ppm the car at") && error.contains("is not seen"),
        "{error}"
    );
    // A manifest that has blue and red the wrong way round is found out as well.
    manifest.golden = Some(golden);
    manifest.input.channels = ChannelOrder::Rgb;
    assert!(told(&manifest, &file, &options()).contains("is not seen"));
}

#[test]
fn tensors_of_other_names_or_kinds_are_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        (Layout::DetrLabels, "sizes_input = \"sizes\"", "the model's inputs is picture, orig_target_sizes"),
        (Layout::DetrLabels, "outputs = [\"labels\", \"boxes\", \"confidences\"]", "means one 'confidences'"),
        (Layout::DetrLabels, "outputs = [\"scores\", \"boxes\", \"labels\"]", "of 64-bit whole numbers"),
        (Layout::BoxesScores, "outputs = [\"scores\", \"boxes\"]", "the model's output 'scores' is [1, 96, 1]"),
        (Layout::Yolox, "outputs = [\"detections\"]", "means one 'detections'"),
    ];
    for (layout, key, expected) in cases {
        let bytes = layout.detector(INPUT.0, INPUT.1, &BLOBS);
        let (hash, file) = (kerege_contract::Sha256Hash::of(&bytes).to_string(), folder.path().join("blobs.onnx"));
        std::fs::write(&file, &bytes).unwrap();
        let text = layout.manifest("blobs", "blobs.onnx", (&hash, bytes.len()), INPUT, &BLOBS);
        let text = text.replace("score_threshold", &format!("{key}\nscore_threshold"));
        let error = told(&Manifest::from_toml(&text, "blobs.toml").unwrap(), &file, &options());
        assert!(error.contains(expected), "{layout:?} {key}: {error}");
    }
    // A model that wants sizes does not run by a manifest that gives none.
    let bytes = Layout::DetrLabels.detector(INPUT.0, INPUT.1, &BLOBS);
    let (manifest, file) = write_model(folder.path(), &bytes, INPUT, &BLOBS);
    let error = told(&manifest, &file, &options());
    assert!(error.contains("number of inputs is 2 (picture, orig_target_sizes)"), "{error}");
}

#[test]
fn a_file_is_inspected_without_a_manifest() {
    let bytes = Layout::DetrLabels.detector(INPUT.0, INPUT.1, &BLOBS);
    let facts = inspect(&bytes, &options()).unwrap();
    let told: Vec<String> = facts.iter().map(|fact| format!("{} {} {}", fact.role, fact.name, fact.kind)).collect();
    insta::assert_snapshot!(told.join("\n"));
    assert!(inspect(b"no model", &options()).is_err());
}
