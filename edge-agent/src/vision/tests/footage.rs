//! The demo's clips, and real streets where there are some: what they show is no fault of the camera, and
//! what is done to them is found in time.

#![allow(clippy::print_stderr, reason = "a test tells what it measured")]

use super::camera::{Camera, Told};
use super::grey::{Grey, Turn};
use crate::capture::FileSource;
use crate::vision::Beginning;
use kerege_contract::Scene;
use kerege_pipelines::Sight::{self, Blind, Moved};
use std::path::{Path, PathBuf};

/// From when on something is the matter, seconds.
const FROM: f64 = 20.0;

/// A clip's pictures, two a second. A short one runs to its end and back again.
struct Clip {
    name: String,
    pictures: Vec<Grey>,
    seconds: f64,
}

impl Clip {
    fn open(path: &Path, seconds: f64) -> Self {
        crate::capture::init().unwrap();
        let source = FileSource::open(path, 2.0).unwrap();
        let mut pictures = Vec::new();
        while let Some(frame) = source.next().unwrap() {
            pictures.push(Grey::of(&frame.pixels.picture()));
        }
        Self { name: path.file_name().unwrap().to_string_lossy().into_owned(), pictures, seconds }
    }

    /// What a lookout says of it, with something done to each picture.
    fn told(&self, what: &dyn Fn(&Grey, f64) -> Grey) -> Vec<Told> {
        let mut camera = Camera::new(&Scene::empty(), Beginning::default());
        let last = self.pictures.len() - 1;
        let mut t = 0.0;
        while t < self.seconds {
            let at = (t * 2.0) as usize % (2 * last).max(1);
            camera.shows(t, &what(&self.pictures[if at > last { 2 * last - at } else { at }], t), &[]);
            t += 0.5;
        }
        camera.alarms().to_vec()
    }
}

/// Something that is done to a camera, what it is then, and how long it may take to be found, seconds.
struct Deed {
    name: &'static str,
    sight: Sight,
    within_s: f64,
    what: fn(&Grey, f64) -> Grey,
}

fn after(grey: &Grey, t: f64, what: impl Fn(&Grey) -> Grey) -> Grey {
    let seen = grey.seen(Turn::NONE);
    if t < FROM { seen } else { what(&seen) }
}

fn turned(grey: &Grey, t: f64, turn: Turn) -> Grey {
    grey.seen(if t < FROM { Turn::NONE } else { turn })
}

const DEEDS: [Deed; 8] = [
    Deed {
        name: "turned by 8 %",
        sight: Moved,
        within_s: 10.0,
        what: |grey, t| turned(grey, t, Turn { pan: 0.08, ..Turn::NONE }),
    },
    Deed {
        name: "tilted by 9 %",
        sight: Moved,
        within_s: 8.0,
        what: |grey, t| turned(grey, t, Turn { tilt: -0.09, ..Turn::NONE }),
    },
    Deed {
        name: "rolled by 20 degrees",
        sight: Moved,
        within_s: 38.0,
        what: |grey, t| turned(grey, t, Turn { roll: 0.35, ..Turn::NONE }),
    },
    Deed {
        name: "a blanket over the lens",
        sight: Blind,
        within_s: 13.0,
        what: |grey, t| {
            after(grey, t, |seen| seen.blurred(30).toned(|level, _, _| 25.0 + 0.2 * level).noisy(2.0, 1 + t as u64))
        },
    },
    Deed { name: "out of focus", sight: Blind, within_s: 15.0, what: |grey, t| after(grey, t, |seen| seen.blurred(7)) },
    Deed {
        name: "over-exposed",
        sight: Blind,
        within_s: 11.0,
        what: |grey, t| after(grey, t, |seen| seen.toned(|level, _, _| 1.3 * level + 195.0)),
    },
    Deed {
        name: "black",
        sight: Blind,
        within_s: 4.0,
        what: |grey, t| after(grey, t, |seen| seen.toned(|_, _, _| 3.0)),
    },
    Deed {
        name: "sprayed",
        sight: Blind,
        within_s: 11.0,
        what: |grey, t| {
            after(grey, t, |seen| {
                let smear = seen.blurred(20);
                seen.toned(|level, x, y| if x < 0.85 { 0.4 * smear.at(x * 320.0, y * 180.0) + 30.0 } else { level })
            })
        },
    },
];

type Weather = (&'static str, fn(&Grey, f64) -> Grey);

/// What is no fault of the camera.
const WEATHER: [Weather; 4] = [
    ("as it is", |grey, _| grey.seen(Turn::NONE)),
    ("dusk to night", |grey, t| {
        let light = (1.0 - t / 60.0).max(0.12);
        grey.seen(Turn::NONE).toned(|level, _, _| light * level).noisy(2.0, 1 + (t * 2.0) as u64)
    }),
    ("the exposure changes", |grey, t| {
        let gain = if t % 20.0 < 10.0 { 1.0 } else { 0.5 };
        grey.seen(Turn::NONE).toned(|level, _, _| gain * level)
    }),
    ("the mast sways", |grey, t| grey.seen(Turn { pan: 0.012 * (t * 2.1).sin(), ..Turn::NONE })),
];

/// A clip that shows next to nothing but asphalt, too little to tell where a camera looks: only what needs no
/// view to compare to is found there.
const PLAIN: &str = "parking-lane-overhead.mp4";

fn demo() -> Vec<PathBuf> {
    clips(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/demo"))
}

fn clips(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let video = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "mp4" || ending == "avi");
    let mut videos: Vec<PathBuf> = entries.filter(video).collect();
    videos.sort();
    videos
}

/// What is wrong with how a clip is judged, with these deeds done to it.
fn faults<'d>(clip: &Clip, deeds: impl IntoIterator<Item = &'d Deed>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, what) in WEATHER {
        let told = clip.told(&what);
        eprintln!("{}: {name}: {told:?}", clip.name);
        if !told.is_empty() {
            wrong.push(format!("{}: {name}: {told:?}", clip.name));
        }
    }
    for Deed { name, sight, within_s, what } in deeds {
        if clip.name == PLAIN && !["black", "over-exposed"].contains(name) {
            continue;
        }
        let told = clip.told(what);
        eprintln!("{}: {name}: {told:?}", clip.name);
        let found = told.first().filter(|told| told.0 == *sight && (FROM..=FROM + within_s).contains(&told.1));
        if found.is_none() || told.len() > 1 {
            wrong.push(format!("{}: {name}: {told:?}", clip.name));
        }
    }
    wrong
}

#[test]
fn the_demos_clips_are_judged_rightly() {
    let clips = demo();
    assert!(!clips.is_empty());
    let wrong: Vec<String> = clips.iter().flat_map(|path| faults(&Clip::open(path, 60.0), &DEEDS)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn real_streets_are_judged_rightly() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/videos");
    let clips = clips(&folder);
    if clips.is_empty() {
        eprintln!("SKIPPED: real_streets_are_judged_rightly: the shared street clips are not beside this checkout");
        return;
    }
    // Two deeds to each, in turn: all of them take minutes.
    let turn = |index: usize| DEEDS.iter().cycle().skip(2 * index).take(2);
    let judged = clips.iter().enumerate().map(|(index, path)| faults(&Clip::open(path, 60.0), turn(index)));
    let wrong: Vec<String> = judged.flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
