//! Which files may name which library. A library with few rooms can be replaced, and its traps are met once.

use crate::code::code_only;
use crate::tree::SourceFile;

/// A library, the paths that give it away in code, and the beginnings of the file names that may hold them.
struct Room {
    library: &'static str,
    signs: &'static [&'static str],
    rooms: &'static [&'static str],
}

const ROOMS: [Room; 4] = [
    Room {
        library: "gstreamer",
        signs: &["gstreamer::", "gstreamer_app", "gstreamer_rtsp", "gstreamer_video", "use gstreamer", "gst::"],
        rooms: &["edge-agent/src/capture", "edge-agent/src/record", "edge-agent/src/simulate"],
    },
    Room { library: "ort", signs: &["ort::", "use ort "], rooms: &["models/src/backend/onnx"] },
    Room {
        library: "rumqttc",
        signs: &["rumqttc"],
        rooms: &["edge-agent/src/uplink", "control-plane/src/ingest", "control-plane/tests/", "tests/"],
    },
    Room { library: "opencv", signs: &["opencv::", "use opencv"], rooms: &["edge-agent/src/vision"] },
];

/// The libraries that a Rust file names although it is none of their rooms.
pub(crate) fn strangers(file: &SourceFile) -> Vec<String> {
    if !file.is_rust() {
        return Vec::new();
    }
    let code = code_only(&file.text);
    let foreign = ROOMS.iter().filter(|room| !room.rooms.iter().any(|place| file.path.starts_with(place)));
    let named = foreign.filter_map(|room| {
        let line = code.lines().position(|line| room.signs.iter().any(|sign| holds_word(line, sign)))?;
        Some(format!("{}:{} names {}, whose rooms are {:?}", file.path, line + 1, room.library, room.rooms))
    });
    named.collect()
}

/// Whether the line holds the sign where a word begins ("port::" does not hold "ort::").
fn holds_word(line: &str, sign: &str) -> bool {
    line.match_indices(sign).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_is_named_with_its_line() {
        let file = SourceFile::new("edge-agent/src/camera.rs", "//! Camera.\nuse gstreamer::prelude::*;\n");
        let faults = strangers(&file);
        assert_eq!(faults.len(), 1);
        assert!(faults[0].starts_with("edge-agent/src/camera.rs:2 names gstreamer"), "{faults:?}");
    }

    #[test]
    fn a_library_is_at_home_in_its_rooms() {
        assert!(strangers(&SourceFile::new("edge-agent/src/capture/open.rs", "use gstreamer as gst;\n")).is_empty());
        assert!(strangers(&SourceFile::new("models/src/backend/onnx.rs", "ort::init_from(path)")).is_empty());
    }

    #[test]
    fn words_and_comments_and_strings_do_not_count() {
        let text = "// ort::init panics\nlet a = port::open(\"rumqttc\");\n/* opencv::core */\n";
        assert!(strangers(&SourceFile::new("edge-agent/src/net.rs", text)).is_empty());
    }

    #[test]
    fn each_library_can_be_caught() {
        for line in ["gst::init()", "ort::init_from(p)", "use rumqttc::v5::AsyncClient;", "opencv::core::Mat"] {
            assert_eq!(strangers(&SourceFile::new("pipelines/src/lib.rs", line)).len(), 1, "{line}");
        }
    }
}
