//! What can be wrong with a model, its file or the runtime: one clear error each, never a panic.

use crate::support::{blob_model, options, write_model};
use kerege_models::backend::Session;
use kerege_models::decode::Decoder;
use kerege_models::manifest::Golden;
use kerege_models::{LoadError, Manifest, Provider, RuntimeOptions, load};
use kerege_tiny_onnx::{Blob, Graph, Paint, colour_blob_detector};
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
            Err(LoadError::Backend { source, .. }) => {
                let told = source.to_string();
                assert!(told.contains(provider.as_str()) && told.contains("set the provider to 'cpu'"), "{told}");
            }
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn a_model_that_computes_otherwise_than_its_golden_answer_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let (mut manifest, file) = blob_model(folder.path(), INPUT, &BLOBS);
    let mut golden = Golden { seed: 7, tolerance: 1e-3, values: vec![(0, 0.0)] };
    let mut session = Session::new(
        &std::fs::read(&file).unwrap(),
        manifest.input.shape(),
        &Decoder::new(&manifest).output_shapes(),
        &options(),
    )
    .unwrap();
    let input = golden.input(&manifest.input);
    let answer = session.run(&input, |outputs| outputs[0].to_vec()).unwrap();
    golden.values = [0, 1, 2, 3].map(|at| (at, answer[at])).to_vec();
    manifest.golden = Some(golden.clone());
    load(&manifest, &file, &options()).unwrap();
    golden.values[2].1 += 0.5;
    manifest.golden = Some(golden.clone());
    let error = told(&manifest, &file, &options());
    assert!(error.contains("computes wrongly on this machine: number 2 "), "{error}");
    golden.values[3] = (1_000_000, 0.0);
    manifest.golden = Some(golden);
    assert!(told(&manifest, &file, &options()).contains("number 1000000 "));
}
