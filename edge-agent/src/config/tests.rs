//! The example is true, and every fault is told at once with its place.

use super::*;
use std::fs;

const EXAMPLE: &str = include_str!("../../../deploy/examples/edge.toml");
const SCENE: &str = include_str!("../../../contract/golden/scene.toml");

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bsk-017.password"), "secret\n").unwrap();
    fs::write(folder.path().join("c1.password"), "camera secret").unwrap();
    fs::write(folder.path().join("c1.scene.toml"), SCENE).unwrap();
    folder
}

fn faults(text: &str, folder: &Path) -> String {
    match parse(text, "edge.toml", folder) {
        Err(ConfigError::Faults(told)) => told.replace(&folder.display().to_string(), "(folder)"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_example_is_a_sound_configuration_with_every_key() {
    let folder = folder();
    let config = parse(EXAMPLE, "edge.toml", folder.path()).unwrap();
    assert_eq!(config.device.as_str(), "bsk-017");
    assert_eq!(config.data_dir, folder.path().join("data"));
    assert_eq!((config.local_time_offset_min, config.broker.port), (360, 1883));
    let camera = &config.cameras[0];
    assert_eq!(camera.options.credentials.as_ref().unwrap().password.0, "camera secret");
    assert_eq!(camera.scene.as_ref().unwrap().lines.len(), 2);
    assert!(!format!("{config:?}").contains("secret\""), "a configuration never shows its passwords");
    // Every key that can be given is given: taking one away makes its name known here only.
    for key in [
        "status",
        "outbox_max_mib",
        "log_max_mib",
        "runtime",
        "models_dir",
        "threads",
        "provider",
        "stall_s",
        "frozen_s",
        "retry_max_s",
        "jitter_ms",
        "latency_ms",
        "transport",
    ] {
        assert!(EXAMPLE.contains(&format!("\n{key} =")), "{key} is not in the example");
    }
}

#[test]
fn only_what_must_be_there_must_be_there() {
    let folder = folder();
    let text = "device = \"b\"\nsite = \"S\"\ndata_dir = \"d\"\n[broker]\npassword_file = \"bsk-017.password\"\n\
        [centre]\nurl = \"https://centre:8443/\"\npublic_key = \"ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"\n";
    let config = parse(text, "edge.toml", folder.path()).unwrap();
    assert_eq!((config.name.as_str(), config.centre.url.as_str()), ("b", "https://centre:8443"));
    assert_eq!((config.cameras.len(), config.model.name, config.status), (0, None, None));
}

#[test]
fn what_computes_is_chosen_by_a_word_and_a_number() {
    let folder = folder();
    let with = |from: &str, to: &str| parse(&EXAMPLE.replace(from, to), "edge.toml", folder.path());
    let gpu = with("provider = \"cpu\"", "provider = \"tensorrt\"\ndevice = 1").unwrap().model;
    assert_eq!((gpu.provider, gpu.device), (kerege_models::Provider::TensorRt, Some(1)));
    let told = with("provider = \"cpu\"", "provider = \"gpu\"").unwrap_err().to_string();
    assert!(told.contains("'gpu' is not known here") && told.contains("cpu, cuda, tensorrt, openvino"), "{told}");
    let told = with("provider = \"cpu\"", "device = 1").unwrap_err().to_string();
    assert!(told.contains("the processor has no devices"), "{told}");
}

#[test]
fn all_faults_are_told_at_once() {
    let folder = folder();
    fs::write(folder.path().join("empty"), "\n").unwrap();
    fs::write(folder.path().join("bad.scene.toml"), "v = 1\n[[line]]\nid = \"N\"\na = [0.1, 0.2]\n").unwrap();
    let text = r#"devise = "bsk-017"
site = "BSK 017"
data_dir = "data"
status = "0.0.0.0:80"
local_time_offset = "6"
fps = 100

[broker]
port = 70000
password_file = "nowhere"

[centre]
url = "centre/path"
public_key = "ed25519:short"

[[camera]]
id = "c1"
url = "rtsp://user:secret@10.0.0.1/x"
transport = "carrier pigeon"
scene = "bad.scene.toml"

[[camera]]
id = "c1"
url = "http://10.0.0.1/x"
user = "u"
password_file = "empty"
"#;
    insta::assert_snapshot!(faults(text, folder.path()));
}

#[test]
fn a_missing_file_says_what_to_do() {
    let error = load(Path::new("/no/such/edge.toml")).unwrap_err().to_string();
    assert!(error.contains("/no/such/edge.toml") && error.contains("deploy/examples/edge.toml"), "{error}");
}

#[test]
fn before_there_are_passwords_only_they_may_be_missing() {
    let folder = folder();
    let file = folder.path().join("edge.toml");
    fs::write(&file, EXAMPLE).unwrap();
    fs::remove_file(folder.path().join("bsk-017.password")).unwrap();
    assert!(load(&file).unwrap_err().to_string().contains("bsk-017.password"));
    assert_eq!(load_before_passwords(&file).unwrap().device.as_str(), "bsk-017");
    fs::write(&file, EXAMPLE.replace("port = 1883", "port = 0")).unwrap();
    assert!(load_before_passwords(&file).unwrap_err().to_string().contains("out of range"));
}
