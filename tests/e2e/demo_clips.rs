//! The demo's own clips: whole, in the contract's words, and seen rightly by a real model.
//!
//! Their truth is exact, so this is where counts and incidents are held to what the demo does: every scripted
//! stopped vehicle, wrong-way drive and turn of a camera raised once and nothing else of these, and per line and
//! direction one count off, or 3 % where that is more.

#![allow(clippy::print_stderr, reason = "a test tells what it measured")]

use anyhow::Context as _;
use kerege_contract::event::EventType;
use kerege_contract::fact::Direction;
use kerege_contract::files::{IncidentSummary, Summary};
use kerege_contract::phase::SignalMessage;
use kerege_contract::truth::{Truth, TruthIncident};
use kerege_contract::{LaneId, LineId, Scene};
use kerege_tests::{binaries, runtime, skip};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the clips show between them.
const SCRIPTED: [EventType; 6] = [
    EventType::StoppedVehicle,
    EventType::WrongWay,
    EventType::PedestrianOnRoad,
    EventType::RedLight,
    EventType::QueueSpillback,
    EventType::CameraMoved,
];
/// How large a clip may be, bytes.
const CLIP_BYTES: u64 = 4_000_000;
/// How large all of the demo's files may be together, bytes.
const FOLDER_BYTES: u64 = 15_000_000;
/// How long after its truth's beginning an incident may be raised, seconds: the rules' confirmation and one more.
const RAISED_WITHIN_S: f64 = 12.0;

type Counts = BTreeMap<(LineId, Direction), u64>;

/// A clip with what lies beside it.
struct DemoClip {
    video: PathBuf,
    scene: PathBuf,
    truth: Truth,
    drawn: Scene,
    phases: Vec<SignalMessage>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn demo_clips() -> anyhow::Result<Vec<DemoClip>> {
    let mut videos: Vec<PathBuf> = std::fs::read_dir(root().join("deploy/demo"))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "mp4"))
        .collect();
    videos.sort();
    anyhow::ensure!((2..=3).contains(&videos.len()), "the demo has {} clips", videos.len());
    videos.into_iter().map(demo_clip).collect()
}

fn demo_clip(video: PathBuf) -> anyhow::Result<DemoClip> {
    let beside = |ending: &str| video.with_extension(ending);
    let read = |path: &Path| std::fs::read_to_string(path).with_context(|| format!("{}", path.display()));
    let scene = beside("scene.toml");
    let drawn = Scene::from_toml(&read(&scene)?).with_context(|| format!("{}", scene.display()))?;
    let truth = serde_json::from_str(&read(&beside("truth.json"))?)?;
    let phases = read(&beside("phases.jsonl"))?.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    Ok(DemoClip { video, scene, truth, drawn, phases })
}

#[test]
fn clips_come_whole_and_in_the_contracts_words() -> anyhow::Result<()> {
    let clips = demo_clips()?;
    for clip in &clips {
        let (truth, name) = (&clip.truth, clip.video.display());
        anyhow::ensure!(
            std::fs::metadata(&clip.video)?.len() <= CLIP_BYTES,
            "{name} is larger than {CLIP_BYTES} bytes"
        );
        anyhow::ensure!(clip.video.ends_with(&truth.clip), "{name}: its truth is of {}", truth.clip);
        anyhow::ensure!((60.0..=120.0).contains(&truth.duration_s), "{name} lasts {} s", truth.duration_s);
        #[expect(clippy::cast_precision_loss, reason = "frames of a short clip")]
        let seconds = truth.frames.len() as f64 / truth.fps;
        anyhow::ensure!((seconds - truth.duration_s).abs() < 0.01, "{name}: truth of {seconds} s");
        let lines: BTreeSet<&LineId> = clip.drawn.lines.iter().map(|line| &line.id).collect();
        anyhow::ensure!(truth.counts.iter().all(|row| lines.contains(&row.line)), "{name}: counts of lines not drawn");
        let lanes: BTreeSet<_> = clip.drawn.lanes.iter().map(|lane| &lane.id).collect();
        let drawn = |incident: &TruthIncident| incident.lane.as_ref().is_none_or(|lane| lanes.contains(lane));
        anyhow::ensure!(truth.incidents.iter().all(drawn), "{name}: an incident in a lane not drawn");
        let groups: BTreeSet<u16> = truth.phases.iter().map(|phase| phase.g).collect();
        let told: BTreeSet<u16> = clip.phases.iter().flat_map(|message| &message.groups).map(|group| group.g).collect();
        anyhow::ensure!(!groups.is_empty() && groups == told, "{name}: phases of {told:?}, the truth has {groups:?}");
    }
    let kinds: BTreeSet<EventType> = clips.iter().flat_map(|clip| &clip.truth.incidents).map(|row| row.kind).collect();
    let missing: Vec<_> = SCRIPTED.iter().filter(|kind| !kinds.contains(kind)).collect();
    anyhow::ensure!(missing.is_empty(), "no clip shows {missing:?}");
    let files = std::fs::read_dir(root().join("deploy/demo"))?.map(|entry| Ok(entry?.metadata()?.len()));
    let bytes: u64 = files.collect::<Result<Vec<u64>, std::io::Error>>()?.into_iter().sum();
    anyhow::ensure!(bytes <= FOLDER_BYTES, "deploy/demo holds {bytes} bytes");
    Ok(())
}

/// The model of our own, which must see the clips rightly; none where it is not there.
fn own_model() -> Option<PathBuf> {
    let weights = root().join("models/weights");
    weights.join("kerege-nano.onnx").is_file().then_some(weights)
}

fn analyze(clip: &DemoClip, model: &str, mirror: &Path, folder: &Path) -> anyhow::Result<Summary> {
    let edge = binaries::path("kerege-edge")?;
    let models = folder.join("models");
    let run = |command: &mut Command| -> anyhow::Result<()> {
        let output = command.env("KEREGE_MODELS", &models).env("KEREGE_ONNXRUNTIME", runtime::library()).output()?;
        anyhow::ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    };
    run(Command::new(&edge).args(["models", "fetch", model]).env("KEREGE_MODEL_MIRROR", mirror))?;
    let out = folder.join(clip.video.file_stem().unwrap_or_default());
    // Nothing lies on these roads.
    let (scene, drawn) = (out.with_extension("scene.toml"), std::fs::read_to_string(&clip.scene)?);
    std::fs::write(&scene, format!("{drawn}\n[[rule]]\nid = 'debris'\ntype = 'debris_suspected'\n"))?;
    let mut command = Command::new(&edge);
    command.arg("analyze").arg(&clip.video).arg("--scene").arg(&scene).arg("--out").arg(&out);
    run(command.args(["--model", model, "--start", "2026-06-15T06:00:00Z"]))?;
    Ok(serde_json::from_slice(&std::fs::read(out.join("summary.json"))?)?)
}

fn true_counts(truth: &Truth) -> Counts {
    truth.counts.iter().map(|row| ((row.line.clone(), row.dir), row.classes.values().sum())).collect()
}

fn found_counts(summary: &Summary) -> Counts {
    summary.counts.iter().map(|row| ((row.line.clone(), row.dir), row.total)).collect()
}

/// How many of so many a line may be off each way: one, or 3 % where that is more.
fn miscounted_at_most(passed: u64) -> u64 {
    (passed * 3 / 100).max(1)
}

/// Lines and directions counted farther off than that.
fn miscounted(truth: &Counts, found: &Counts) -> Vec<String> {
    let both: BTreeSet<_> = truth.keys().chain(found.keys()).collect();
    let mut wrong = Vec::new();
    for key in both {
        let (is, counted) = (truth.get(key).copied().unwrap_or(0), found.get(key).copied().unwrap_or(0));
        eprintln!("  {} {:?}: {counted} counted of {is}", key.0, key.1);
        if is.abs_diff(counted) > miscounted_at_most(is) {
            wrong.push(format!("{} {:?}: {counted} counted, {is} passed", key.0, key.1));
        }
    }
    wrong
}

/// A lane's arm and way, such as `S-out`: a box reaches into the lane beside it, and whoever looks finds the
/// same place.
fn side(lane: Option<&LaneId>) -> Option<&str> {
    lane.map(|lane| lane.as_str().trim_end_matches(|letter: char| letter.is_ascii_digit()))
}

/// Scripted incidents of a kind that were not raised exactly once, and those raised for nothing.
fn misjudged(kind: EventType, truth: &[TruthIncident], found: &[IncidentSummary]) -> Vec<String> {
    let truth: Vec<_> = truth.iter().filter(|row| row.kind == kind).collect();
    let found: Vec<_> = found.iter().filter(|row| row.kind == kind).collect();
    let fits = |is: &TruthIncident, row: &IncidentSummary| {
        side(row.lane.as_ref()) == side(is.lane.as_ref())
            && (is.start_t - 1.0..=is.start_t + RAISED_WITHIN_S).contains(&row.start_t)
    };
    let mut wrong = Vec::new();
    for is in &truth {
        let times = found.iter().filter(|row| fits(is, row)).count();
        if times != 1 {
            wrong.push(format!("{kind:?} at {} s in {:?}: raised {times} times", is.start_t, is.lane));
        }
    }
    let nothing = found.iter().filter(|row| !truth.iter().any(|is| fits(is, row)));
    wrong.extend(nothing.map(|row| format!("{kind:?} raised at {} s in {:?} for nothing", row.start_t, row.lane)));
    wrong
}

/// What a model gets wrong in the clips.
fn faults(model: &str, mirror: &Path) -> anyhow::Result<Vec<String>> {
    let folder = tempfile::tempdir()?;
    let mut wrong = Vec::new();
    for clip in demo_clips()? {
        let summary = analyze(&clip, model, mirror, folder.path())?;
        eprintln!("{} with {model}", clip.truth.clip);
        let mut faults = miscounted(&true_counts(&clip.truth), &found_counts(&summary));
        let camera = [EventType::CameraBlind, EventType::CameraMoved];
        for kind in [EventType::StoppedVehicle, EventType::WrongWay].into_iter().chain(camera) {
            faults.extend(misjudged(kind, &clip.truth.incidents, &summary.incidents));
        }
        // Not good enough yet to be held to none (docs/guide/scene.md says so): told, so that it is seen to get better.
        for fault in misjudged(EventType::DebrisSuspected, &clip.truth.incidents, &summary.incidents) {
            eprintln!("  {fault}");
        }
        wrong.extend(faults.into_iter().map(|fault| format!("{}: {fault}", clip.truth.clip)));
    }
    Ok(wrong)
}

#[test]
fn our_model_counts_and_judges_them_rightly() -> anyhow::Result<()> {
    const TEST: &str = "our_model_counts_and_judges_them_rightly";
    if let Some(weights) = own_model() {
        let wrong = faults("kerege-nano", &weights)?;
        anyhow::ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
        return Ok(());
    }
    // YOLOX-Nano sees too few of these small vehicles; what it gets wrong is told, not held against the clips.
    let Some(shared) = skip::shared(TEST) else { return Ok(()) };
    for fault in faults("yolox-nano", &shared.join("models"))? {
        eprintln!("{fault}");
    }
    eprintln!("SKIPPED: {TEST}: there is no models/weights/kerege-nano.onnx; YOLOX-Nano's faults are listed above");
    Ok(())
}
