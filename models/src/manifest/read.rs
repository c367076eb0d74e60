//! From the document to the checked manifest.

use super::{ChannelOrder, InputSpec, Manifest, ModelFile, Precision, Resize, read_output};
use crate::golden::{Golden, GoldenPicture};
use kerege_contract::document::{Faults, Fields, Node};
use kerege_contract::{Detection, FrameBox};

/// Reads the whole manifest; none when something that must be there is missing or wrong.
pub(super) fn manifest(
    root: &Node,
    faults: &Faults,
    picture: &dyn Fn(&str) -> Result<Vec<u8>, String>,
) -> Option<Manifest> {
    let mut fields = Fields::open(root, "", faults)?;
    let name = name(&mut fields);
    let file = file(&mut fields);
    let licence = fields.required_text("licence");
    let source = source(&mut fields);
    let precision = fields.word("precision", &Precision::WORDS).unwrap_or_default();
    let fallback = fields.text("fallback").and_then(|other| model_name(&fields, "fallback", other));
    if fallback.is_some() && fallback == name {
        fields.fault("fallback", "a model cannot stand in for itself", "name another manifest, or leave it out");
    }
    fields.required("input");
    let input = fields.table("input").and_then(input);
    let output = read_output::output(&mut fields, input.as_ref());
    let golden = fields.table("golden").and_then(|table| golden(table, picture));
    fields.finish();
    let (input, output) = (input?, output?);
    Some(Manifest { name: name?, file: file?, licence: licence?, source, precision, fallback, input, output, golden })
}

/// The golden answer, its picture fetched by `picture`.
#[expect(clippy::cast_possible_truncation, reason = "scores and places are 32-bit floats")]
fn golden(mut fields: Fields<'_>, picture: &dyn Fn(&str) -> Result<Vec<u8>, String>) -> Option<Golden> {
    let name = fields.required_text("picture");
    fields.required("tolerance");
    fields.required("detections");
    let tolerance = fields.number("tolerance", 0.0..=0.5);
    let detections: Vec<Option<Detection>> = fields.tables("detections").into_iter().map(detection).collect();
    if detections.is_empty() && fields.node("detections").is_some() {
        fields.fault("detections", "an empty answer proves nothing", "choose a picture in which the model sees some");
    }
    let shown = name.and_then(|name| {
        let bytes = if plain_name(&name) { picture(&name) } else { Err("give the name alone, without folders".into()) };
        let shown = bytes.and_then(|bytes| GoldenPicture::from_ppm(&name, &bytes).map_err(|error| error.to_string()));
        shown.map_err(|why| fields.fault("picture", format!("'{name}' cannot be used: {why}"), "")).ok()
    });
    fields.finish();
    Some(Golden {
        picture: shown?,
        tolerance: tolerance? as f32,
        detections: detections.into_iter().collect::<Option<_>>()?,
    })
}

#[expect(clippy::cast_possible_truncation, reason = "scores and places are 32-bit floats")]
fn detection(mut fields: Fields<'_>) -> Option<Detection> {
    let class = fields.required_word("class", &read_output::class_words());
    fields.required("score");
    let score = fields.number("score", 0.0..=1.0);
    let sides = fields.required_numbers::<4>("box").map(|sides| sides.map(|side| side as f32));
    let sides = sides.filter(|[x1, y1, x2, y2]| {
        let good = x1 < x2 && y1 < y2 && [x1, y1, x2, y2].iter().all(|side| (0.0..=1.0).contains(*side));
        if !good {
            fields.fault("box", "a box is left, top, right, bottom, each 0..1 of the picture", "");
        }
        good
    });
    fields.finish();
    let [x1, y1, x2, y2] = sides?;
    Some(Detection { class: class?, score: score? as f32, bbox: FrameBox { x1, y1, x2, y2 } })
}

fn name(fields: &mut Fields<'_>) -> Option<String> {
    let name = fields.required_text("name")?;
    model_name(fields, "name", name)
}

fn model_name(fields: &Fields<'_>, key: &str, name: String) -> Option<String> {
    let good = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c));
    if !good || name.is_empty() || name.len() > 64 || name.starts_with(['-', '_', '.']) {
        fields.fault(key, format!("'{name}' cannot be a model's name"), "use a-z, digits, '-', '_' or '.'");
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
    if !plain_name(&name) {
        fields.fault("file", format!("'{name}' is not a file name"), "give the name alone, without folders");
        return None;
    }
    Some(ModelFile { name, sha256: sha256?, bytes: u64::try_from(bytes?).ok()? })
}

/// Whether this names a file and no folder.
fn plain_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0'])
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
