//! A library that is missing or no ONNX Runtime; alone in its process, because a process that has
//! loaded one keeps it.

use kerege_models::backend::{Session, Signature};
use kerege_models::{RuntimeOptions, find_runtime};
use kerege_tiny_onnx::Graph;
use std::path::{Path, PathBuf};

#[test]
fn a_bad_library_is_an_error_and_a_good_one_loads_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let mut graph = Graph::default();
    let input = graph.input("a", &[1, 3, 16, 16]);
    let output = graph.node("Neg", &[&input]);
    let model = graph.finish(&output, &[1, 3, 16, 16]);
    let signature = Signature::plain([1, 3, 16, 16], &[1, 3, 16, 16]);
    let open = |library: PathBuf| Session::new(&model, &signature, &RuntimeOptions::new(library));
    let not_a_library = folder.path().join("libonnxruntime.so");
    std::fs::write(&not_a_library, "this is not a library").unwrap();
    for library in [folder.path().join("absent.so"), not_a_library, folder.path().to_path_buf()] {
        let told = open(library.clone()).unwrap_err().to_string();
        assert!(told.contains(&library.display().to_string()) && told.contains("./kerege setup"), "{told}");
    }
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let library = find_runtime(None, std::env::var_os("KEREGE_ONNXRUNTIME").as_deref(), &[here], Path::is_file);
    let mut session = open(library.unwrap_or_else(|error| panic!("{error}"))).unwrap();
    let sum = session.run(&[0.5; 768], |outputs| outputs[0].iter().sum::<f32>()).unwrap();
    assert!((sum + 384.0).abs() < 1e-3, "{sum}");
    assert!(session.run(&[0.5; 767], |_| ()).is_err(), "an input of another length is an error");
}
