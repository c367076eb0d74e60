//! `kerege-bench`: what an analysed frame costs, beside what it must cost, in one run.
//!
//! Floor and box are measured in turn, repetition by repetition, so that a machine that grows
//! slower or busier does so for both; the ratio is taken within a repetition.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command that prints its figures")]

use anyhow::{Context as _, Result, bail};
use clap::{Args, Parser, Subcommand};
use kerege_benches::analyze::{Analyze, Run};
use kerege_benches::clip::Clip;
use kerege_benches::report::{Measured, Setting};
use kerege_benches::{floor, live, peer};
use kerege_models::{Catalogue, Manifest, RuntimeOptions, find_runtime, store};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Measures the box against the floor of parser, decoder and model.
#[derive(Debug, Parser)]
#[command(name = "kerege-bench", version, about, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    floor: What,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the Python peer beside the box and print both.
    Peer {
        #[command(flatten)]
        what: What,
        /// The Python that has the peer's packages.
        #[arg(long, default_value = "python3")]
        python: PathBuf,
    },
    /// Run the box on more and more live 720p cameras and print what it analyses of them.
    Cameras {
        #[command(flatten)]
        what: What,
        /// How many cameras, one number for each row.
        #[arg(long, value_delimiter = ',', default_value = "1,2,4")]
        counts: Vec<usize>,
    },
}

/// What is measured.
#[derive(Debug, Args)]
struct What {
    /// The clip; without it the one beside the repository, else a drawn one.
    #[arg(long)]
    video: Option<PathBuf>,
    /// Its scene; without it one line across the middle.
    #[arg(long)]
    scene: Option<PathBuf>,
    /// The model's name.
    #[arg(long, default_value = "yolox-nano")]
    model: String,
    /// The folder of model files; without it `KEREGE_MODEL_MIRROR`, else the one beside the repository.
    #[arg(long)]
    models: Option<PathBuf>,
    /// Analysed frames per second; without it the box's own choice.
    #[arg(long)]
    fps: Option<f64>,
    /// GStreamer's decoder for the floor.
    #[arg(long, default_value = "avdec_h264")]
    decoder: String,
    /// How often everything is measured, in turn.
    #[arg(long, default_value_t = 5)]
    repetitions: u32,
    /// The box's program; without it the one beside this program.
    #[arg(long)]
    edge: Option<PathBuf>,
}

/// Everything that a measurement needs, found.
struct Bench {
    clip: Clip,
    manifest: Manifest,
    model_file: PathBuf,
    options: RuntimeOptions,
    analyze: Analyze,
    folder: tempfile::TempDir,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let measured = match arguments.command {
        None => measure_floor(&arguments.floor),
        Some(Command::Peer { what, python }) => measure_peer(&what, &python),
        Some(Command::Cameras { what, counts }) => measure_cameras(&what, &counts),
    };
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kerege-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

impl Bench {
    fn prepare(what: &What) -> Result<Self> {
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let clip = Clip::choose(what.video.as_deref(), what.scene.as_deref(), folder.path())?;
        let manifest = Catalogue::built_in()?.get(&what.model)?.clone();
        let mirror = std::env::var_os("KEREGE_MODEL_MIRROR").map(PathBuf::from);
        let models = what.models.clone().or(mirror).unwrap_or_else(|| PathBuf::from("../shared/models"));
        let model_file = store::locate(&manifest, &models);
        store::verify(&manifest, &model_file)?;
        let program = std::env::current_exe().context("this program's own path is unknown")?;
        let start = [std::env::current_dir().context("the current folder is unknown")?, program.clone()];
        let env = std::env::var_os("KEREGE_ONNXRUNTIME");
        let library = find_runtime(None, env.as_deref(), &start, Path::is_file)?;
        let edge = what.edge.clone().unwrap_or_else(|| program.with_file_name("kerege-edge"));
        if !edge.is_file() {
            bail!("there is no box at {}: build it with 'cargo build --release -p kerege-edge'", edge.display());
        }
        let models = std::path::absolute(&models).context("the folder of models has no path")?;
        let environment = vec![("KEREGE_MODEL_MIRROR", models.into()), ("KEREGE_ONNXRUNTIME", library.clone().into())];
        let analyze = Analyze { program: edge, model: what.model.clone(), fps: what.fps, environment };
        analyze.fetch_model()?;
        Ok(Self { clip, manifest, model_file, options: RuntimeOptions::new(library), analyze, folder })
    }

    fn analyze(&self, repetition: u32) -> Result<Run> {
        self.analyze.run(&self.clip, &self.folder.path().join(format!("out-{repetition}")))
    }

    fn setting(&self, run: &Run) -> Setting {
        let summary = &run.summary;
        Setting {
            clip: summary.video.clone(),
            model: self.manifest.name.clone(),
            size: (summary.size.width, summary.size.height),
            decoded: summary.frames_decoded,
            analysed: summary.frames_analysed,
            processor: processor(),
        }
    }
}

fn measure_floor(what: &What) -> Result<()> {
    let bench = Bench::prepare(what)?;
    let mut model = floor::Model::open(&bench.manifest, &bench.model_file, &bench.options)?;
    // Once unmeasured, so that files lie in memory and the model has warmed up.
    let first = bench.analyze(0)?;
    let frames = first.summary.frames_analysed;
    if frames == 0 {
        bail!("the box analysed no frame of {}", bench.clip.video.display());
    }
    model.run(frames.min(20))?;
    let mut measured = Measured::default();
    for repetition in 1..=what.repetitions {
        let decode_s = floor::decode(&bench.clip.video, &what.decoder)?;
        let run = bench.analyze(repetition)?;
        let model_s = model.run(frames)?;
        add(&mut measured, decode_s, model_s, &run);
    }
    println!("{}", measured.table(&bench.setting(&first)));
    println!("{}", if measured.meets_goal() { "The goal is met." } else { "The goal is missed." });
    Ok(())
}

fn add(measured: &mut Measured, decode_s: f64, model_s: f64, run: &Run) {
    #[expect(clippy::cast_precision_loss, reason = "a clip has not so many frames")]
    let frames = run.summary.frames_analysed as f64;
    let per_frame = |seconds: f64| seconds * 1000.0 / frames;
    measured.decode_ms.add(per_frame(decode_s));
    measured.model_ms.add(per_frame(model_s));
    measured.floor_ms.add(per_frame(decode_s + model_s));
    measured.box_ms.add(per_frame(run.cpu_s));
    measured.ratio.add(run.cpu_s / (decode_s + model_s));
    #[expect(clippy::cast_precision_loss, reason = "megabytes with two decimals")]
    measured.peak_mb.add(run.peak_bytes as f64 / 1e6);
    for (stage, seconds) in &run.timings.stages_s {
        measured.stages_ms.entry(stage.clone()).or_default().add(per_frame(*seconds));
    }
}

fn measure_peer(what: &What, python: &Path) -> Result<()> {
    if !Path::new(peer::SCRIPT).is_file() {
        println!("There is no peer at {}: nothing to compare with.", peer::SCRIPT);
        return Ok(());
    }
    let bench = Bench::prepare(what)?;
    let run = bench.analyze(0)?;
    let analysed = run.summary.frames_analysed.max(1);
    let nth = (run.summary.frames_decoded / analysed).max(1);
    let peer = peer::run(python, &bench.clip.video, &bench.model_file, nth)?;
    #[expect(clippy::cast_precision_loss, reason = "a clip has not so many frames")]
    let own = run.cpu_s * 1000.0 / analysed as f64;
    println!("peer: {peer}");
    println!("box:  {analysed} frames analysed, {own:.2} ms each, peak {} MiB", run.peak_bytes >> 20);
    Ok(())
}

fn measure_cameras(what: &What, counts: &[usize]) -> Result<()> {
    let bench = Bench::prepare(what)?;
    let fps = what.fps.unwrap_or(10.0);
    let once = bench.analyze(0)?;
    // A start, two whole times between health messages, and what it takes until all are live.
    eprintln!("making a clip of two and a half minutes at 1280×720; each row then takes about two minutes");
    let video = live::long_clip(&bench.clip.video, once.summary.duration_s, 150.0, bench.folder.path())?;
    let clip = Clip { video, scene: bench.clip.scene.clone() };
    let analyze = &bench.analyze;
    let trial = live::Trial {
        program: analyze.program.clone(),
        model: analyze.model.clone(),
        fps,
        environment: analyze.environment.clone(),
    };
    let row = |&cameras: &usize| {
        eprintln!("watching {cameras} cameras");
        trial.run(cameras, &clip, bench.folder.path())
    };
    let rows: Vec<_> = counts.iter().map(row).collect::<Result<_>>()?;
    println!("{} at 1280×720, model {}, {}\n", once.summary.video, bench.manifest.name, processor());
    println!("{}", live::table(&rows, fps));
    Ok(())
}

/// The processor, as it calls itself.
fn processor() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find_map(|line| line.strip_prefix("model name")).and_then(|rest| rest.split_once(':'));
    name.map_or_else(|| "unknown processor".to_owned(), |(_, name)| name.trim().to_owned())
}
