//! The OpenAPI document: routes from the handlers themselves, schemas from the same derive that
//! makes the contract's JSON Schemas, so that a browser and a box are told the same words.

use super::problem::{Code, Problem};
use super::types::{
    Alarm, BoxStatus, CalibrationQuestion, Camera, Counts, IncidentDetail, IncidentPage, IncidentState, LiveAlarm,
    LiveBox, LiveCamera, LiveCounts, LiveIncident, Session, SignIn, Site,
};
use kerege_contract::Scene;
use kerege_contract::calibration::CalibrationReport;
use kerege_contract::event::{EventType, Severity};
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use utoipa::openapi::{Object, OpenApi, Ref, RefOr, Schema};

/// Types that handlers name as bodies. The router's own schema of each is only a place holder:
/// [`document`] puts the derived ones there.
macro_rules! api_types {
    ($($api:ty),* $(,)?) => {
        $(
            impl utoipa::PartialSchema for $api {
                fn schema() -> RefOr<Schema> {
                    Object::new().into()
                }
            }

            impl utoipa::ToSchema for $api {
                fn name() -> Cow<'static, str> {
                    <$api as schemars::JsonSchema>::schema_name()
                }
            }
        )*

        fn register_api_types(generator: &mut SchemaGenerator) {
            $(let _reference = generator.subschema_for::<$api>();)*
        }
    };
}

api_types!(
    Alarm,
    BoxStatus,
    CalibrationQuestion,
    Camera,
    Counts,
    IncidentDetail,
    IncidentPage,
    LiveAlarm,
    LiveBox,
    LiveCamera,
    LiveCounts,
    LiveIncident,
    Problem,
    Session,
    SignIn,
    Site,
);

/// Schema of a query parameter that is an event type.
pub(super) fn event_type() -> Ref {
    Ref::from_schema_name("EventType")
}

/// Schema of a query parameter that is a severity.
pub(super) fn severity() -> Ref {
    Ref::from_schema_name("Severity")
}

/// Schema of a query parameter that tells open incidents from ended ones.
pub(super) fn incident_state() -> Ref {
    Ref::from_schema_name("IncidentState")
}

/// Schema of a query parameter that is a bin length.
pub(super) fn bin_length() -> Ref {
    Ref::from_schema_name("BinLength")
}

/// The whole document as JSON, from what the router collected.
#[must_use]
pub fn document(collected: &OpenApi) -> Value {
    let mut document = serde_json::to_value(collected).unwrap_or_default();
    document["info"] = json!({
        "title": "Kerege",
        "description": "The control plane's interface for people and for boxes. What is not known is left out, never null.",
        "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        "version": env!("CARGO_PKG_VERSION"),
    });
    document["components"] = json!({ "schemas": schemas() });
    forget_null(&mut document["paths"]);
    add_problem_responses(&mut document);
    document
}

/// The text of the committed file.
#[must_use]
pub fn text(collected: &OpenApi) -> String {
    format!("{:#}\n", document(collected))
}

fn schemas() -> Map<String, Value> {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.for_serialize().into_generator();
    register_api_types(&mut generator);
    let _references = [
        generator.subschema_for::<Scene>(),
        generator.subschema_for::<CalibrationReport>(),
        generator.subschema_for::<EventType>(),
        generator.subschema_for::<Severity>(),
        generator.subschema_for::<IncidentState>(),
        generator.subschema_for::<Code>(),
    ];
    let mut schemas = generator.take_definitions(true);
    schemas.values_mut().for_each(forget_null);
    schemas.values_mut().for_each(part_references);
    schemas
}

/// Optional fields are left out when unknown, so that null is never sent.
fn forget_null(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(forget_null),
        Value::Object(fields) => {
            if let Some(Value::Array(types)) = fields.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    fields.insert("type".into(), only);
                }
            }
            let other = fields.get("anyOf").and_then(Value::as_array).and_then(|choices| match choices.as_slice() {
                [other, null] if null["type"] == "null" => other.as_object().cloned(),
                _ => None,
            });
            if let Some(other) = other {
                fields.remove("anyOf");
                fields.extend(other);
            }
            fields.values_mut().for_each(forget_null);
        }
        _ => {}
    }
}

/// A reference with properties beside it becomes `allOf`: generators of clients ignore what stands
/// beside a reference.
fn part_references(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(part_references),
        Value::Object(fields) => {
            if fields.contains_key("properties")
                && let Some(reference) = fields.remove("$ref")
            {
                let own: Map<String, Value> = std::mem::take(fields);
                fields.insert("allOf".into(), json!([{ "$ref": reference }, own]));
            }
            fields.values_mut().for_each(part_references);
        }
        _ => {}
    }
}

/// Every operation may answer with a problem document.
fn add_problem_responses(document: &mut Value) {
    let problem = json!({
        "description": "A problem; the code says which.",
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    let paths = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    for operation in paths.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        if operation.get("responses").is_some() {
            operation["responses"]["default"] = problem.clone();
        }
    }
}
