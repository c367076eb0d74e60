//! The figures as a table that can be kept.

use crate::figures::Figures;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The most that an analysed frame may cost, as a share of the floor.
pub const GOAL: f64 = 1.15;

/// What was measured on.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The clip's name.
    pub clip: String,
    /// The model's name.
    pub model: String,
    /// Stored pixels of a frame.
    pub size: (u32, u32),
    /// Frames decoded in a run.
    pub decoded: u64,
    /// Frames analysed in a run.
    pub analysed: u64,
    /// The processor, as it calls itself.
    pub processor: String,
}

/// Milliseconds of processor time per analysed frame, by repetition.
#[derive(Debug, Clone, Default)]
pub struct Measured {
    /// Parser and decoder.
    pub decode_ms: Figures,
    /// The model on a constant input.
    pub model_ms: Figures,
    /// The two together.
    pub floor_ms: Figures,
    /// The box.
    pub box_ms: Figures,
    /// The box over the floor of the same repetition.
    pub ratio: Figures,
    /// Most resident memory of the box, MB.
    pub peak_mb: Figures,
    /// The box's own stage times.
    pub stages_ms: BTreeMap<String, Figures>,
}

impl Measured {
    /// Whether the goal was met.
    #[must_use]
    pub fn meets_goal(&self) -> bool {
        self.ratio.median() <= GOAL
    }

    /// The table, in Markdown.
    #[must_use]
    pub fn table(&self, setting: &Setting) -> String {
        let mut table = String::new();
        let (width, height) = setting.size;
        // Writing to a String cannot fail.
        let _infallible = writeln!(
            table,
            "{} ({width}×{height}, {} frames decoded, {} analysed), model {}, {}, {} repetitions\n\n\
             | per analysed frame | median | smallest to largest |\n|---|---|---|",
            setting.clip,
            setting.decoded,
            setting.analysed,
            setting.model,
            setting.processor,
            self.ratio.count()
        );
        row(&mut table, "parser and decoder, one thread", &self.decode_ms, "ms");
        row(&mut table, "model on a constant input, one thread", &self.model_ms, "ms");
        row(&mut table, "**floor**", &self.floor_ms, "ms");
        row(&mut table, "**kerege-edge analyze**", &self.box_ms, "ms");
        for (stage, figures) in &self.stages_ms {
            row(&mut table, &format!("of it {stage}"), figures, "ms");
        }
        row(&mut table, &format!("**ratio** (goal ≤ {GOAL})"), &self.ratio, "");
        row(&mut table, "peak memory", &self.peak_mb, "MB");
        table
    }
}

fn row(table: &mut String, name: &str, figures: &Figures, unit: &str) {
    let (least, most) = figures.range();
    let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
    let _infallible = writeln!(table, "| {name} | {:.2}{unit} | {least:.2} to {most:.2} |", figures.median());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_what_was_measured_and_whether_it_is_enough() {
        let one = |value: f64| Figures::from_iter([value]);
        let measured = Measured {
            decode_ms: one(2.0),
            model_ms: one(8.0),
            floor_ms: one(10.0),
            box_ms: one(11.0),
            ratio: [1.1, 1.3, 1.0].into_iter().collect(),
            peak_mb: one(90.0),
            stages_ms: BTreeMap::from([("preprocess".to_owned(), one(0.4))]),
        };
        let setting = Setting {
            clip: "a.mp4".into(),
            model: "nano".into(),
            size: (640, 360),
            decoded: 300,
            analysed: 100,
            processor: "a processor".into(),
        };
        let table = measured.table(&setting);
        assert!(table.contains("| **ratio** (goal ≤ 1.15) | 1.10 | 1.00 to 1.30 |"), "{table}");
        assert!(table.contains("| of it preprocess | 0.40 ms | 0.40 to 0.40 |"), "{table}");
        assert!(measured.meets_goal());
        assert!(!Measured { ratio: one(1.16), ..measured }.meets_goal());
    }
}
