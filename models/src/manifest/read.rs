//! From the document to the checked manifest.

use super::{ChannelOrder, Family, Golden, InputSpec, Manifest, ModelFile, OutputSpec, Resize, Riders};
use kerege_contract::RoadUserClass;
use kerege_contract::document::{Faults, Fields, Node};

/// Reads the whole manifest; none when something that must be there is missing or wrong.
pub(super) fn manifest(root: &Node, faults: &Faults) -> Option<Manifest> {
    let mut fields = Fields::open(root, "", faults)?;
    let name = name(&mut fields);
    let file = file(&mut fields);
    let licence = fields.required_text("licence");
    let source = source(&mut fields);
    fields.required("input");
    let input = fields.table("input").and_then(input);
    fields.required("output");
    let output = fields.table("output").map(OutputTable::read);
    let classes = classes(&mut fields, output.as_ref().and_then(|output| output.classes));
    let golden = fields.table("golden").and_then(golden);
    fields.finish();
    let output = output?.checked(input.as_ref(), classes?)?;
    Some(Manifest { name: name?, file: file?, licence: licence?, source, input: input?, output, golden })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "outputs hold 32-bit floats; an index is checked before it is taken"
)]
fn golden(mut fields: Fields<'_>) -> Option<Golden> {
    fields.required("seed");
    fields.required("tolerance");
    fields.required("values");
    let seed = fields.whole("seed", 0..=i64::from(u32::MAX)).and_then(|seed| u32::try_from(seed).ok());
    let tolerance = fields.number("tolerance", 0.0..=1e6);
    let rows = fields.rows::<2>("values");
    let index = |index: f64| Some(index as usize).filter(|_| index >= 0.0 && index.fract() == 0.0 && index < 1e9);
    let values: Option<Vec<_>> = rows.iter().map(|[at, value]| Some((index(*at)?, *value as f32))).collect();
    if values.as_ref().is_none_or(Vec::is_empty) {
        fields.fault("values", "values are pairs of an index in the output and the number there", "");
    }
    fields.finish();
    Some(Golden { seed: seed?, tolerance: tolerance? as f32, values: values? })
}

fn name(fields: &mut Fields<'_>) -> Option<String> {
    let name = fields.required_text("name")?;
    let good = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c));
    if !good || name.is_empty() || name.len() > 64 || name.starts_with(['-', '_', '.']) {
        fields.fault("name", format!("'{name}' cannot be a model's name"), "use a-z, digits, '-', '_' or '.'");
        return None;
    }
    Some(name)
}

fn file(fields: &mut Fields<'_>) -> Option<ModelFile> {
    let name = fields.required_text("file");
    let sha256 = fields.required_parsed("sha256");
    fields.required("bytes");
    let bytes = fields.whole("bytes", 1..=4 << 30);
    let name = name?;
    if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\', '\0']) {
        fields.fault("file", format!("'{name}' is not a file name"), "give the name alone, without folders");
        return None;
    }
    Some(ModelFile { name, sha256: sha256?, bytes: u64::try_from(bytes?).ok()? })
}

fn source(fields: &mut Fields<'_>) -> Option<String> {
    let source = fields.text("source")?;
    if source.starts_with("https://") {
        return Some(source);
    }
    fields.fault("source", format!("'{source}' is not an address"), "give one that begins with https://");
    None
}

#[expect(clippy::cast_possible_truncation, reason = "tensors hold 32-bit floats")]
fn triple(fields: &mut Fields<'_>, key: &'static str, default: f32) -> Option<[f32; 3]> {
    if fields.node(key).is_none() {
        return Some([default; 3]);
    }
    Some(fields.numbers::<3>(key)?.map(|number| number as f32))
}

fn side(fields: &mut Fields<'_>, key: &'static str) -> Option<u32> {
    fields.required(key);
    fields.whole(key, 16..=4096).and_then(|side| u32::try_from(side).ok())
}

fn input(mut fields: Fields<'_>) -> Option<InputSpec> {
    let layout = fields.required_word("layout", &[("nchw", ())]);
    let (width, height) = (side(&mut fields, "width"), side(&mut fields, "height"));
    let channels = fields.required_word("channels", &[("rgb", ChannelOrder::Rgb), ("bgr", ChannelOrder::Bgr)]);
    let resizes = [("letterbox_top_left", Resize::LetterboxTopLeft), ("stretch", Resize::Stretch)];
    let resize = fields.required_word("resize", &resizes);
    let fill = fields.whole("fill", 0..=255).and_then(|fill| u8::try_from(fill).ok()).unwrap_or(114);
    let mean = triple(&mut fields, "mean", 0.0);
    let std = triple(&mut fields, "std", 1.0);
    if std.is_some_and(|std| std.contains(&0.0)) {
        fields.fault("std", "samples would be divided by 0", "give numbers other than 0");
    }
    fields.finish();
    layout?;
    let (channels, resize) = (channels?, resize?);
    Some(InputSpec { width: width?, height: height?, channels, resize, fill, mean: mean?, std: std? })
}

/// The output table before it is compared with the input and the classes.
struct OutputTable<'a> {
    fields: Fields<'a>,
    family: Option<Family>,
    classes: Option<usize>,
    score_threshold: Option<f64>,
    nms_iou: Option<f64>,
    riders: Option<Riders>,
}

impl<'a> OutputTable<'a> {
    fn read(mut fields: Fields<'a>) -> Self {
        let family = fields.required_word("family", &[("yolox", ())]);
        let family = family.and_then(|()| Some(Family::Yolox { strides: strides(&mut fields)? }));
        for key in ["classes", "score_threshold", "nms_iou"] {
            fields.required(key);
        }
        let classes = fields.whole("classes", 1..=1000).and_then(|count| usize::try_from(count).ok());
        let score_threshold = fields.number("score_threshold", 0.001..=1.0);
        let nms_iou = fields.number("nms_iou", 0.0..=1.0);
        let words = [("apart", Riders::Apart), ("together", Riders::Together)];
        let riders =
            if fields.node("riders").is_none() { Some(Riders::Together) } else { fields.word("riders", &words) };
        Self { fields, family, classes, score_threshold, nms_iou, riders }
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
            classes,
            score_threshold: self.score_threshold? as f32,
            nms_iou: self.nms_iou? as f32,
            riders: self.riders?,
        })
    }
}

fn strides(fields: &mut Fields<'_>) -> Option<Vec<u32>> {
    let node = fields.required("strides")?;
    let kerege_contract::document::Value::List(items) = &node.value else {
        fields.fault("strides", format!("expected a list of whole numbers, found {}", node.kind()), "");
        return None;
    };
    let read = |item: &Node| match item.value {
        kerege_contract::document::Value::Whole(stride) => {
            u32::try_from(stride).ok().filter(|stride| (1..=256).contains(stride))
        }
        _ => None,
    };
    let strides: Option<Vec<u32>> = items.iter().map(read).collect();
    if strides.as_ref().is_none_or(Vec::is_empty) {
        fields.fault("strides", "strides are one or more whole numbers from 1 to 256", "");
        return None;
    }
    strides
}

fn classes(fields: &mut Fields<'_>, count: Option<usize>) -> Option<Vec<Option<RoadUserClass>>> {
    let words: Vec<(&str, RoadUserClass)> =
        RoadUserClass::ALL.into_iter().map(|class| (class.as_str(), class)).collect();
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
