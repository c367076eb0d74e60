//! Files are private, complete and stay the same.

use super::*;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;

fn config() -> Config {
    Config::parse(crate::config::example(), "control.toml", Path::new("/etc/kerege")).unwrap()
}

fn files(folder: &Path) -> BTreeMap<PathBuf, (u32, String)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            found.insert(path.clone(), (mode, fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

#[test]
fn passwords_are_made_once_and_only_the_owner_reads() {
    let out = tempfile::tempdir().unwrap();
    write(&config(), out.path()).unwrap();
    let first = files(out.path());
    assert!(first.values().all(|(mode, _)| *mode == 0o600), "{first:?}");
    let passwords = |files: &BTreeMap<PathBuf, (u32, String)>| -> BTreeMap<PathBuf, String> {
        let of_accounts = files.iter().filter(|(path, _)| path.parent().unwrap().ends_with("passwords"));
        of_accounts.map(|(path, (_, text))| (path.clone(), text.clone())).collect()
    };
    assert_eq!(passwords(&first).len(), 3);
    write(&config(), out.path()).unwrap();
    assert_eq!(passwords(&files(out.path())), passwords(&first));
}

#[test]
fn nothing_is_open() {
    let text = text::mosquitto(&config(), Path::new("/b"), false);
    assert_eq!(text.matches("\nlistener ").count(), 2);
    assert_eq!(text.matches("\nallow_anonymous false\n").count(), 2);
    assert_eq!(text.matches(" 127.0.0.1\n").count(), 2);
    assert!(text.contains("per_listener_settings true") && !text.contains("\nuser "));
    assert_eq!(text.matches("use_username_as_clientid true").count(), 1);
    let rules = text::device_rules(&config());
    assert!(rules.contains("user bsk-017\ntopic write kerege/v1/sig/BSK-017\n"), "{rules}");
}
