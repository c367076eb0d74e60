//! What one analysed frame costs beside the model: preprocessing, and reading the model's output.
//! In processor time, so that the figures hold on a machine that does other things as well.

#![expect(clippy::unwrap_used, clippy::cast_precision_loss, reason = "a bench may fail and counts little")]

use criterion::{Criterion, criterion_group, criterion_main};
use kerege_benches::clock::ProcessorTime;
use kerege_benches::pictures;
use kerege_models::decode::Decoder;
use kerege_models::preprocess::{Placement, Preprocessor};
use kerege_models::{Catalogue, Manifest, PictureFormat};
use std::hint::black_box;

fn manifest() -> Manifest {
    Catalogue::built_in().unwrap().get("yolox-nano").unwrap().clone()
}

fn preprocess(criterion: &mut Criterion<ProcessorTime>) {
    let mut group = criterion.benchmark_group("preprocess to 416x416");
    for (name, format) in [("i420", PictureFormat::I420), ("nv12", PictureFormat::Nv12)] {
        for (width, height) in [(640, 360), (1280, 720), (1920, 1080)] {
            let bytes = pictures::textured(format, width, height);
            let picture = pictures::over(format, width, height, &bytes).unwrap();
            let mut preprocessor = Preprocessor::new(&manifest().input);
            group.bench_function(format!("{name} {width}x{height}"), |bencher| {
                bencher.iter(|| black_box(preprocessor.run(black_box(&picture)).unwrap().1));
            });
        }
    }
}

/// A model's answer with as many good cells as a busy street has: `boxes` objects, nine cells each.
fn answer(boxes: usize) -> Vec<f32> {
    let mut output = vec![0.01; 3549 * 85];
    for object in 0..boxes {
        for cell in 0..9 {
            let (x, y) = (object * 7 % 48 + cell % 3, object * 5 % 26 + cell / 3);
            let row = &mut output[(y * 52 + x) * 85..][..85];
            row[..5].copy_from_slice(&[0.5 - (cell % 3) as f32, 0.5 - (cell / 3) as f32, 1.1, 1.0, 0.8]);
            row[7] = 0.9 - 0.05 * cell as f32;
        }
    }
    output
}

fn decode(criterion: &mut Criterion<ProcessorTime>) {
    let mut group = criterion.benchmark_group("decode and suppress");
    for boxes in [0, 10, 50] {
        let output = answer(boxes);
        let mut decoder = Decoder::new(&manifest());
        let placement = Placement { width: 416, height: 234 };
        group.bench_function(format!("{boxes} objects"), |bencher| {
            bencher.iter(|| black_box(decoder.decode(&[black_box(&output)], placement).unwrap()));
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(ProcessorTime).sample_size(30);
    targets = preprocess, decode
}
criterion_main!(benches);
