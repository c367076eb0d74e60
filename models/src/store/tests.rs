//! Files that are missing, cut off, too long, replaced or right.

use super::*;
use crate::catalogue::BUILT_IN;

/// A manifest whose file is these bytes.
fn manifest(bytes: &[u8]) -> Manifest {
    let mut manifest = Manifest::from_toml(BUILT_IN[0].1, "m").unwrap();
    manifest.file.bytes = bytes.len() as u64;
    manifest.file.sha256 = Sha256Hash::of(bytes);
    manifest
}

#[test]
fn each_wrong_file_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let good = vec![7; 200_000];
    let manifest = manifest(&good);
    let file = locate(&manifest, folder.path());
    let told = |bytes: Option<&[u8]>| {
        if let Some(bytes) = bytes {
            fs::write(&file, bytes).unwrap();
        }
        verify(&manifest, &file).map_err(|error| error.to_string())
    };
    let missing = told(None).unwrap_err();
    assert!(missing.contains("yolox_nano.onnx; run 'kerege-edge models fetch yolox-nano'"), "{missing}");
    assert!(
        told(Some(&good[..1000])).unwrap_err().contains("has 1000 bytes where 200000 are expected (it was cut off)")
    );
    assert!(told(Some(&[])).unwrap_err().contains("has 0 bytes"));
    assert!(told(Some(&[7; 200_001])).unwrap_err().contains("has 200001 bytes where 200000 are expected; run"));
    let mut other = good.clone();
    other[123_456] ^= 1;
    let wrong = told(Some(&other)).unwrap_err();
    assert!(wrong.contains("another file") && wrong.contains(&Sha256Hash::of(&other).to_string()), "{wrong}");
    told(Some(&good)).unwrap();
    assert_eq!(read_verified(&manifest, &file).unwrap(), good);
    assert!(verify(&manifest, folder.path()).unwrap_err().to_string().contains("is not there"));
}

#[test]
fn only_the_right_bytes_are_installed_and_nothing_else_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("new/cache");
    let good = vec![9; 100_000];
    let manifest = manifest(&good);
    for (bytes, told) in
        [(&good[..99_999], "cut off"), (&[9; 100_001][..], "more than 100000"), (&[8; 100_000][..], "SHA-256")]
    {
        let error = install_from_reader(bytes, &manifest, &cache).unwrap_err().to_string();
        assert!(error.contains(told) && error.contains("nothing was kept"), "{error}");
        assert_eq!(fs::read_dir(&cache).unwrap().count(), 0);
    }
    let place = install_from_reader(&good[..], &manifest, &cache).unwrap();
    verify(&manifest, &place).unwrap();
    install_from_reader(&[8; 100_000][..], &manifest, &cache).unwrap_err();
    verify(&manifest, &place).unwrap();
    assert_eq!(fs::read_dir(&cache).unwrap().count(), 1);
}

#[test]
fn a_reader_that_fails_leaves_nothing() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the link went down"))
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let error = install_from_reader(Broken, &manifest(b"x"), folder.path()).unwrap_err();
    assert!(matches!(error, StoreError::Io { .. }), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn folders_are_looked_through_in_their_order() {
    let there = ["/srv/a/models/weights", "/models/weights", "/usr/lib/kerege/models"];
    let start = [PathBuf::from("/srv/a/b"), PathBuf::from("/srv/a/target")];
    let found = folders(Path::new("/cache"), &start, |dir| there.iter().any(|known| Path::new(known) == dir));
    let expected = ["/cache", "/srv/a/models/weights", "/models/weights", "/usr/lib/kerege/models"];
    assert_eq!(found, expected.map(PathBuf::from));
    assert_eq!(folders(Path::new("/cache"), &[], |_| false), [PathBuf::from("/cache")], "told where it should be");
}

#[test]
fn the_first_right_file_is_found_and_wrong_ones_are_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = manifest(b"right");
    let folders = ["a", "b", "c"].map(|name| folder.path().join(name));
    folders.iter().for_each(|folder| fs::create_dir(folder).unwrap());
    let missing = find(&manifest, &folders).unwrap_err().to_string();
    assert!(missing.contains("a/yolox_nano.onnx, ") && missing.contains("c/yolox_nano.onnx; run"), "{missing}");
    fs::write(locate(&manifest, &folders[0]), b"wrong").unwrap();
    assert!(matches!(find(&manifest, &folders), Err(StoreError::Hash { .. })), "what is there and wrong is told");
    fs::write(locate(&manifest, &folders[2]), b"right").unwrap();
    assert_eq!(find(&manifest, &folders).unwrap(), locate(&manifest, &folders[2]));
    fs::write(locate(&manifest, &folders[1]), b"right").unwrap();
    assert_eq!(find(&manifest, &folders).unwrap(), locate(&manifest, &folders[1]));
}
