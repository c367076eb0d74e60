//! The JSON Schema of every message and file, made from the types themselves.

use crate::scene::Scene;
use schemars::generate::SchemaSettings;
use schemars::{Schema, schema_for};

/// Each schema with the name of its file, without `.json`.
#[must_use]
pub fn all() -> Vec<(&'static str, Schema)> {
    vec![
        ("event", schema_for!(crate::event::Event)),
        ("minute-fact", schema_for!(crate::fact::MinuteFact)),
        ("receipt", schema_for!(crate::receipt::Receipt)),
        ("state", schema_for!(crate::state::DeviceState)),
        ("health", schema_for!(crate::health::Health)),
        ("reported", schema_for!(crate::reported::Reported)),
        ("command", schema_for!(crate::command::Command)),
        ("command-result", schema_for!(crate::command::CommandResult)),
        ("signal", schema_for!(crate::phase::SignalMessage)),
        ("scene", scene()),
        ("truth", schema_for!(crate::truth::Truth)),
        ("passage", schema_for!(crate::files::PassageRecord)),
        ("track", schema_for!(crate::files::TrackRecord)),
        ("recording-header", schema_for!(crate::recording::RecordingHeader)),
        ("detection-frame", schema_for!(crate::recording::DetectionFrame)),
        ("calibration-report", schema_for!(crate::calibration::CalibrationReport)),
        ("summary", schema_for!(crate::files::Summary)),
        ("timings", schema_for!(crate::files::Timings)),
    ]
}

/// The scene as it is written. What it is read from can be anything, whose faults are then told.
fn scene() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Scene>()
}
