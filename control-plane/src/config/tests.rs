//! Faults are told together; the example is the one that is committed.

use super::*;

fn parse(text: &str) -> Result<Config, String> {
    Config::parse(text, "control.toml", Path::new("/etc/kerege")).map_err(|error| error.to_string())
}

const LEAST: &str = r#"
data_dir = "data"
[broker]
ingest = { user = "ingest", password_file = "p/ingest" }
fleet = { user = "fleet", password_file = "p/fleet" }
"#;

#[test]
fn the_committed_example_is_this_one() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/examples/control.toml");
    if std::env::var_os("KEREGE_UPDATE").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, example()).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == example(), "run: KEREGE_UPDATE=1 cargo test -p kerege-control example");
}

#[test]
fn the_example_is_valid_and_its_defaults_are_the_defaults() {
    let shown = parse(example()).unwrap();
    let least = parse(LEAST).unwrap();
    assert_eq!(shown.time_zone_name, least.time_zone_name);
    assert_eq!(shown.http.listen, least.http.listen);
    assert_eq!(shown.broker.port, least.broker.port);
    assert_eq!(shown.broker.host, least.broker.host);
    assert_eq!(shown.broker.device_listen, least.broker.device_listen);
    assert_eq!(shown.blobs, least.blobs);
    assert_eq!(shown.http.cookies, CookiePolicy::Secure);
    assert_eq!(least.http.cookies, CookiePolicy::Plain);
}

#[test]
fn paths_start_from_the_files_folder() {
    let config = parse(LEAST).unwrap();
    assert_eq!(config.data_dir, Path::new("/etc/kerege/data"));
    assert_eq!(config.broker.ingest.password_file, Path::new("/etc/kerege/p/ingest"));
}

#[test]
fn every_fault_is_told_at_once() {
    let text = r#"
data_dirr = "data"
time_zone = "Asia/Frunze-2"
[http]
listen = "0.0.0.0:80"
public_origin = "kerege.example/x"
[broker]
port = 70000
ingest = { user = "in gest", password_file = "p" }
[[site]]
id = "A"
name = "a"
geo = [300, 0]
[[device]]
id = "d"
site = "B"
public_key = "ed25519:short"
"#;
    let told = parse(text).unwrap_err();
    for part in [
        "'data_dir' is missing",
        "did you mean 'data_dir'?",
        "not a known time zone",
        "travel in clear",
        "is not an origin",
        "70000 is out of range",
        "cannot be a name",
        "'fleet' is missing",
        "not a place on Earth",
        "there is no site 'B'",
        "a public key is",
    ] {
        assert!(told.contains(part), "{part} is not told:\n{told}");
    }
    assert!(told.contains("control.toml:5:10"), "{told}");
}

#[test]
fn two_devices_never_share_an_id_or_a_key() {
    let device =
        "[[device]]\nid = \"d\"\nsite = \"A\"\npublic_key = \"ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"\n";
    let told = parse(&format!("{LEAST}[[site]]\nid = \"A\"\nname = \"a\"\n{device}{device}")).unwrap_err();
    assert!(told.contains("another device has this key") && told.contains("there is another device 'd'"), "{told}");
}
