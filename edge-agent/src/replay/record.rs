//! One line of a recording: a header, a frame's detections, or one road user of a frame.

use kerege_contract::event::ModelRef;
use kerege_contract::version::V1;
use kerege_contract::{Detection, FrameBox, FrameSize, RoadUserClass, UtcTime};
use kerege_pipelines::{TrackId, Tracked};
use serde::Deserialize;
use std::borrow::Cow;

/// What holds for the frames that follow.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    pub(super) size: Option<FrameSize>,
    /// When `t` was 0.
    pub(super) start: Option<UtcTime>,
    pub(super) model: Option<ModelRef>,
}

/// A line.
#[derive(Debug)]
pub(super) enum Record {
    Header(Known),
    Frame { epoch: u32, frame: u64, t: f64, utc: Option<UtcTime>, detections: Vec<Detection> },
    Track { frame: u64, t: f64, tracked: Tracked },
}

/// Any line, as it stands; read in one go because most of the time goes here.
#[derive(Deserialize)]
struct Raw<'l> {
    v: Option<V1>,
    size: Option<FrameSize>,
    start: Option<UtcTime>,
    model: Option<ModelRef>,
    #[serde(default)]
    epoch: u32,
    frame: Option<u64>,
    t: Option<f64>,
    utc: Option<UtcTime>,
    detections: Option<Vec<Detection>>,
    #[serde(borrow)]
    track: Option<Cow<'l, str>>,
    class: Option<RoadUserClass>,
    score: Option<f32>,
    #[serde(rename = "box")]
    bbox: Option<FrameBox>,
}

/// What a line should look like.
const FORMS: &str = "expected a header {\"v\":1,\"size\":{…}}, a frame {\"frame\":…,\"t\":…,\"detections\":[…]} or a \
                     track {\"frame\":…,\"t\":…,\"track\":…,\"class\":…,\"score\":…,\"box\":[…]}";

impl Record {
    /// Reads a line.
    pub(super) fn parse(line: &[u8]) -> Result<Self, String> {
        let raw: Raw<'_> = serde_json::from_slice(line).map_err(|error| format!("{error}; {FORMS}"))?;
        match raw {
            Raw { v: Some(_), size: Some(size), start, model, .. } => {
                if size.width == 0 || size.height == 0 || !(0.1..=10.0).contains(&size.pixel_aspect) {
                    return Err("the size of the frames cannot be: give width and height in pixels".into());
                }
                Ok(Self::Header(Known { size: Some(size), start, model }))
            }
            Raw { epoch, frame: Some(frame), t: Some(t), utc, detections: Some(detections), .. } => {
                Ok(Self::Frame { epoch, frame, t, utc, detections })
            }
            Raw {
                frame: Some(frame),
                t: Some(t),
                track: Some(track),
                class: Some(class),
                score: Some(score),
                bbox: Some(bbox),
                ..
            } => {
                let detection = Detection { class, score, bbox };
                Ok(Self::Track { frame, t, tracked: Tracked { track: number_of(&track), detection } })
            }
            _ => Err(FORMS.to_owned()),
        }
    }
}

/// The number of `t-17` is 17; any other name gets a number of its own (FNV-1a, beyond all counted ones).
fn number_of(track: &str) -> TrackId {
    let counted = track.strip_prefix("t-").and_then(|number| number.parse::<u64>().ok());
    TrackId(counted.unwrap_or_else(|| {
        let hash = track
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        // Within what every reader of JSON holds exactly.
        (1 << 52) | (hash >> 12)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_apart_whatever_the_order_of_their_keys() {
        let parse = |line: &str| Record::parse(line.as_bytes());
        assert!(matches!(parse(r#"{"size":{"height":720,"width":1280},"v":1}"#), Ok(Record::Header(_))));
        assert!(matches!(parse(r#"{"detections":[],"t":0.5,"frame":5}"#), Ok(Record::Frame { frame: 5, .. })));
        let track = r#"{"frame":1,"t":0.1,"track":"t-7","class":"car","score":0.5,"box":[0,0,0.1,0.1],"speed_kmh":4}"#;
        let Ok(Record::Track { tracked, .. }) = parse(track) else { panic!() };
        assert_eq!(tracked.track, TrackId(7));
        for bad in ["{}", "[]", "nonsense", r#"{"v":2,"size":{"width":1,"height":1}}"#, r#"{"frame":1,"t":2}"#] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn any_name_of_a_track_becomes_a_number_that_stays() {
        assert_eq!(number_of("veh.12"), number_of("veh.12"));
        assert_ne!(number_of("veh.12"), number_of("veh.13"));
        assert!(number_of("veh.12").0 > 1 << 51);
    }
}
