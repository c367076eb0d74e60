//! From the document's `[output]` and `[[class]]` tables to the checked layout.

use super::{Family, InputSpec, OutputSpec, Riders, Scores};
use kerege_contract::RoadUserClass;
use kerege_contract::document::{Fields, Node, Value};

/// Reads what a model answers out of the whole manifest.
pub(super) fn output(fields: &mut Fields<'_>, input: Option<&InputSpec>) -> Option<OutputSpec> {
    fields.required("output");
    let table = fields.table("output").map(OutputTable::read);
    let classes = classes(fields, table.as_ref().and_then(|table| table.classes));
    table?.checked(input, classes?)
}

/// The words of classes, for a reader.
pub(super) fn class_words() -> Vec<(&'static str, RoadUserClass)> {
    RoadUserClass::ALL.into_iter().map(|class| (class.as_str(), class)).collect()
}

/// The output table before it is compared with the input and the classes.
struct OutputTable<'a> {
    fields: Fields<'a>,
    family: Option<Family>,
    names: Option<Vec<String>>,
    scores: Option<Scores>,
    classes: Option<usize>,
    score_threshold: Option<f64>,
    nms_iou: Option<f64>,
    riders: Option<Riders>,
}

impl<'a> OutputTable<'a> {
    fn read(mut fields: Fields<'a>) -> Self {
        let family = family(&mut fields);
        for key in ["classes", "score_threshold", "nms_iou"] {
            fields.required(key);
        }
        let names = family.as_ref().and_then(|family| names(&mut fields, family.usual_names().len()));
        let words = [("probabilities", Scores::Probabilities), ("logits", Scores::Logits)];
        let usual = if matches!(family, Some(Family::DetrLogits { .. })) { Scores::Logits } else { Scores::default() };
        let scores = if fields.node("scores").is_none() { Some(usual) } else { fields.word("scores", &words) };
        let classes = fields.whole("classes", 1..=1000).and_then(|count| usize::try_from(count).ok());
        let score_threshold = fields.number("score_threshold", 0.001..=1.0);
        let nms_iou = fields.number("nms_iou", 0.0..=1.0);
        let words = [("apart", Riders::Apart), ("together", Riders::Together)];
        let riders =
            if fields.node("riders").is_none() { Some(Riders::Together) } else { fields.word("riders", &words) };
        Self { fields, family, names, scores, classes, score_threshold, nms_iou, riders }
    }

    #[expect(clippy::cast_possible_truncation, reason = "scores are 32-bit floats")]
    fn checked(self, input: Option<&InputSpec>, classes: Vec<Option<RoadUserClass>>) -> Option<OutputSpec> {
        let fields = self.fields;
        if let (Some(Family::Yolox { strides }), Some(input)) = (&self.family, input) {
            for stride in strides {
                if input.width % stride != 0 || input.height % stride != 0 {
                    let message =
                        format!("an input of {}×{} has no whole cells of {stride}", input.width, input.height);
                    fields.fault("strides", message, "use strides that divide width and height");
                }
            }
        }
        fields.finish();
        Some(OutputSpec {
            family: self.family?,
            names: self.names,
            scores: self.scores?,
            classes,
            score_threshold: self.score_threshold? as f32,
            nms_iou: self.nms_iou? as f32,
            riders: self.riders?,
        })
    }
}

/// The layouts' words.
#[derive(Debug, Clone, Copy)]
enum Layout {
    Yolox,
    NanoDet,
    Ltrb,
    BoxesScores,
    DetrLabels,
    DetrLogits,
}

const LAYOUTS: &[(&str, Layout)] = &[
    ("yolox", Layout::Yolox),
    ("nanodet", Layout::NanoDet),
    ("ltrb", Layout::Ltrb),
    ("boxes_scores", Layout::BoxesScores),
    ("detr_labels", Layout::DetrLabels),
    ("detr_logits", Layout::DetrLogits),
];

/// The layout with the keys that it has; those of another one are unknown keys.
fn family(fields: &mut Fields<'_>) -> Option<Family> {
    match fields.required_word("family", LAYOUTS)? {
        Layout::Yolox => Some(Family::Yolox { strides: strides(fields)? }),
        Layout::NanoDet => {
            let (strides, bins) = (strides(fields), count(fields, "bins", 2..=64));
            Some(Family::NanoDet { strides: strides?, bins: bins? })
        }
        Layout::Ltrb => Some(Family::Ltrb { strides: strides(fields)? }),
        Layout::BoxesScores => Some(Family::BoxesScores { boxes: boxes(fields)? }),
        Layout::DetrLabels => {
            let (boxes, sizes_input) = (boxes(fields), fields.text("sizes_input"));
            let sizes_input = sizes_input.unwrap_or_else(|| "orig_target_sizes".into());
            Some(Family::DetrLabels { boxes: boxes?, sizes_input })
        }
        Layout::DetrLogits => Some(Family::DetrLogits { boxes: boxes(fields)? }),
    }
}

fn boxes(fields: &mut Fields<'_>) -> Option<usize> {
    count(fields, "boxes", 1..=1_000_000)
}

fn count(fields: &mut Fields<'_>, key: &'static str, range: std::ops::RangeInclusive<i64>) -> Option<usize> {
    fields.required(key);
    fields.whole(key, range).and_then(|count| usize::try_from(count).ok())
}

/// Names of output tensors; a layout of one tensor has `usual` 0 and takes one name.
fn names(fields: &mut Fields<'_>, usual: usize) -> Option<Vec<String>> {
    fields.node("outputs")?;
    let names: Vec<String> = fields.parsed_list("outputs");
    if names.len() == usual.max(1) {
        return Some(names);
    }
    let message = format!("this layout has {} output tensors, but {} names stand here", usual.max(1), names.len());
    fields.fault("outputs", message, "name each once, in the order of the layout");
    None
}

fn strides(fields: &mut Fields<'_>) -> Option<Vec<u32>> {
    let node = fields.required("strides")?;
    let Value::List(items) = &node.value else {
        fields.fault("strides", format!("expected a list of whole numbers, found {}", node.kind()), "");
        return None;
    };
    let read = |item: &Node| match item.value {
        Value::Whole(stride) => u32::try_from(stride).ok().filter(|stride| (1..=256).contains(stride)),
        _ => None,
    };
    let strides: Option<Vec<u32>> = items.iter().map(read).collect();
    if strides.as_ref().is_none_or(Vec::is_empty) {
        fields.fault("strides", "strides are one or more whole numbers from 1 to 256", "");
        return None;
    }
    strides
}

/// The meaning of each class index.
fn classes(fields: &mut Fields<'_>, count: Option<usize>) -> Option<Vec<Option<RoadUserClass>>> {
    let words = class_words();
    let mut classes = vec![None; count.unwrap_or(1000)];
    let named = fields.required("class").is_some();
    for mut table in fields.tables("class") {
        table.required("index");
        let index = table.whole("index", 0..=999).and_then(|index| usize::try_from(index).ok());
        table.required_text("name");
        let class = table.required_word("means", &words);
        match (index.map(|index| (index, classes.get(index))), class) {
            (Some((index, None)), _) => {
                let message = format!("there is no class {index}: the output has {}", classes.len());
                table.fault("index", message, "classes are counted from 0");
            }
            (Some((index, Some(Some(_)))), _) => {
                table.fault("index", format!("class {index} has a meaning already"), "give each index once");
            }
            (Some((index, Some(None))), Some(class)) => classes[index] = Some(class),
            _ => {}
        }
        table.finish();
    }
    if named && fields.faults().is_empty() && classes.iter().all(Option::is_none) {
        fields.fault("class", "no class of this model means a road user", "give at least one [[class]]");
    }
    Some(classes)
}
