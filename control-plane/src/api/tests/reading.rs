//! What people read: incidents, counts, boxes, the live stream, the page.

use super::*;
use axum::body::BodyDataStream;
use futures_util::StreamExt as _;
use kerege_contract::event::{EventType, Phase};

#[tokio::test]
async fn an_incident_shows_what_could_be_checked() {
    let bench = Bench::new();
    let mut chain = testing::chain(DEV, 4);
    chain[3].evidence = vec![testing::still(b"still")];
    let cookie = bench.sign_in_as(Role::Officer);
    for event in [&chain[0], &chain[1], &chain[3]] {
        bench.take(event);
    }
    let (_, page) = bench.get("/api/v1/incidents?state=open&limit=1", &cookie).await;
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    let next = page["next"].as_str().unwrap();
    let (_, rest) = bench.get(&format!("/api/v1/incidents?limit=1&before={next}"), &cookie).await;
    let second = &rest["items"][0];
    assert!(rest["next"].is_null(), "{rest}");
    assert_eq!(
        (page["items"][0]["still"]["stored"].as_bool(), second["type"].as_str()),
        (Some(false), Some("stopped_vehicle"))
    );
    let id = second["id"].as_str().unwrap();
    let (status, detail) = bench.get(&format!("/api/v1/incidents/{id}"), &cookie).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!((detail["chain"].as_str(), detail["signature_ok"].as_bool()), (Some("contiguous"), Some(true)));
    let pending = page["items"][0]["id"].as_str().unwrap();
    assert_eq!(bench.get(&format!("/api/v1/incidents/{pending}"), &cookie).await.1["chain"], "pending");
    bench.take(&chain[2]);
    assert_eq!(bench.get(&format!("/api/v1/incidents/{pending}"), &cookie).await.1["chain"], "contiguous");
}

#[tokio::test]
async fn wrong_questions_name_their_fault() {
    let bench = Bench::new();
    let cookie = bench.sign_in_as(Role::Operator);
    for path in [
        "/api/v1/incidents?type=gossip",
        "/api/v1/incidents?before=x",
        "/api/v1/incidents?from=yesterday",
        "/api/v1/statistics/counts?dev=bsk-017&cam=c1",
        "/api/v1/statistics/counts?dev=bsk-017&cam=c1&from=2026-03-05T08:00:00Z&to=2026-03-05T07:00:00Z",
        "/api/v1/statistics/counts?dev=bsk-017&cam=c1&from=2020-03-05T08:00:00Z&to=2026-03-05T07:00:00Z",
    ] {
        let (status, problem) = bench.get(path, &cookie).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert!(problem["code"] == "bad_request" && problem["detail"].is_string(), "{path}: {problem}");
    }
}

#[tokio::test]
async fn counts_are_given_by_bin_with_their_coverage() {
    let bench = Bench::new();
    let start: UtcTime = "2026-03-05T08:00:00Z".parse().unwrap();
    for n in 1..=3 {
        let fact = testing::fact(DEV, n, start.plus_seconds(60.0 * n as f64), n);
        let bytes = serde_json::to_vec(&fact).unwrap();
        let jws = testing::sign(DEV, ContentType::Fact, &bytes);
        bench.take_message(&format!("kerege/v1/up/{DEV}/fact/c1"), &bytes, &jws);
    }
    let cookie = bench.sign_in_as(Role::Planner);
    let path = "/api/v1/statistics/counts?dev=bsk-017&cam=c1&from=2026-03-05T07:50:00Z&to=2026-03-05T08:20:00Z&bin=15m";
    let (_, counts) = bench.get(path, &cookie).await;
    assert_eq!(
        (counts["from"].as_str(), counts["bins"].as_array().unwrap().len()),
        (Some("2026-03-05T07:45:00.000Z"), 1)
    );
    let bin = &counts["bins"][0];
    assert_eq!(bin["cells"][0]["classes"]["car"], 6);
    assert_eq!(bin["coverage"], 0.2);
}

#[tokio::test]
async fn a_calibration_is_tried_before_a_box_gets_it() {
    let bench = Bench::new();
    let cookie = bench.sign_in_as(Role::Operator);
    let corners =
        [([0.3, 0.2], [0.0, 60.0]), ([0.7, 0.2], [12.0, 60.0]), ([0.9, 0.9], [12.0, 0.0]), ([0.1, 0.9], [0.0, 0.0])];
    let points: Vec<_> = corners.map(|(image, road)| serde_json::json!({ "image": image, "road": road })).to_vec();
    let ask = |points: &[serde_json::Value]| {
        let calibration = serde_json::json!({ "unit": "metres", "points": points });
        let body = serde_json::json!({ "size": { "width": 1280, "height": 720 }, "calibration": calibration });
        request("POST", "/api/v1/calibration/fit", Some(&cookie), Body::from(body.to_string()))
    };
    let response = bench.send(ask(&points)).await;
    assert_eq!(response.status(), StatusCode::OK);
    let report = json(response).await;
    assert_eq!(
        (report["verdict"].as_str(), report["findings"][0]["code"].as_str()),
        (Some("usable"), Some("error_unknown"))
    );
    assert_eq!(report["points"].as_array().unwrap().len(), 4);
    // Three points, and four in a row, are told as what they are.
    let row: Vec<_> = (0..4)
        .map(|n| serde_json::json!({ "image": [0.2 * f64::from(n), 0.5], "road": [f64::from(n), 0.0] }))
        .collect();
    for (points, word) in [(&points[..3], "too few"), (&row[..], "in a row")] {
        let response = bench.send(ask(points)).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        let problem = json(response).await;
        assert!(problem["detail"].as_str().unwrap().contains(word), "{problem}");
    }
}

#[tokio::test]
async fn boxes_and_cameras_say_what_is_known() {
    let bench = Bench::new();
    let health = include_str!("../../../../contract/golden/health.json");
    let mut health: serde_json::Value = serde_json::from_str(health).unwrap();
    health["dev"] = DEV.into();
    let bytes = serde_json::to_vec(&health).unwrap();
    bench.take_message(&format!("kerege/v1/up/{DEV}/health"), &bytes, &testing::sign(DEV, ContentType::Health, &bytes));
    let state = include_str!("../../../../contract/golden/state.json");
    let online = state.contains("online");
    bench.take_message(&format!("kerege/v1/up/{DEV}/state"), state.as_bytes(), "");
    let operator = bench.sign_in_as(Role::Operator);
    let (_, boxes) = bench.get("/api/v1/boxes", &operator).await;
    assert_eq!(boxes.as_array().unwrap().len(), 2, "configured ones too that never spoke");
    assert_eq!((boxes[1]["presence"].as_str(), online), (Some("unknown"), true));
    let (_, one) = bench.get("/api/v1/boxes/bsk-017", &operator).await;
    assert_eq!(one["presence"], "online");
    let (_, cameras) = bench.get("/api/v1/cameras", &operator).await;
    assert_eq!(cameras.as_array().unwrap().len(), health["cameras"].as_array().unwrap().len());
    assert_eq!(cameras[0]["state"], health["cameras"][0]["state"]);
    bench.clock.fetch_add(121_000, Ordering::SeqCst);
    assert_eq!(bench.get("/api/v1/cameras", &operator).await.1[0]["state"], "unknown", "health is too old");
    assert_eq!(bench.get("/api/v1/boxes/bsk-404", &operator).await.0, StatusCode::NOT_FOUND);
}

/// The next piece of an event stream as text.
async fn piece(stream: &mut BodyDataStream) -> String {
    let data = tokio::time::timeout(std::time::Duration::from_secs(5), stream.next()).await.unwrap();
    String::from_utf8(data.unwrap().unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn the_live_stream_tells_each_role_its_own_and_ends_with_the_centre() {
    let bench = Bench::new();
    let open = |role, last: Option<&str>| {
        let mut request = request("GET", "/api/v1/live", Some(&bench.sign_in_as(role)), Body::empty());
        if let Some(last) = last {
            request.headers_mut().insert("last-event-id", last.parse().unwrap());
        }
        bench.send(request)
    };
    let mut officer = open(Role::Officer, None).await.into_body().into_data_stream();
    let mut stranger = open(Role::Officer, Some("17")).await.into_body().into_data_stream();
    assert!(piece(&mut stranger).await.contains("event: resync"));
    let mut chain = testing::chain(DEV, 2);
    chain[1].phase = Some(Phase::Start);
    bench.take(&testing::event(DEV, 9, EventType::CameraDown));
    bench.take(&chain[1]);
    let told = piece(&mut officer).await;
    assert!(told.contains("event: incident") && told.contains("stopped_vehicle"), "not the alarm: {told}");
    let id = told.lines().find_map(|line| line.strip_prefix("id: ")).unwrap().to_owned();
    bench.take(&testing::chain(DEV, 3)[2]);
    let mut returned = open(Role::Officer, Some(&id)).await.into_body().into_data_stream();
    let missed = piece(&mut returned).await;
    assert!(missed.contains("event: incident") && !missed.contains(&format!("id: {id}\n")), "{missed}");
    bench.centre.shutdown.cancel();
    let end = async { while returned.next().await.is_some() {} };
    tokio::time::timeout(std::time::Duration::from_secs(5), end).await.unwrap();
}

#[tokio::test]
async fn pages_have_a_fresh_nonce_and_every_answer_is_hardened() {
    let bench = Bench::new();
    let page = |path: &'static str| bench.send(request("GET", path, None, Body::empty()));
    let (one, other) = (page("/").await, page("/cameras/bsk-017/c1").await);
    assert_eq!((one.status(), other.status()), (StatusCode::OK, StatusCode::OK));
    let policy = |response: &Response| response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy(&one).contains("'nonce-") && !policy(&one).contains("unsafe"));
    assert_ne!(policy(&one), policy(&other));
    assert_eq!(one.headers()["cache-control"], "no-store");
    let html = String::from_utf8(bytes(one).await).unwrap();
    assert!(!html.contains("__CSP_NONCE__"));
    let api = page("/api/v1/incidents").await;
    assert_eq!(api.headers()["cache-control"], "no-store");
    assert_eq!(api.headers()["x-content-type-options"], "nosniff");
    assert_eq!(api.headers()["content-type"], "application/problem+json");
    assert_eq!(page("/assets/missing.js").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(page("/healthz").await.status(), StatusCode::OK);
    assert_eq!(page("/readyz").await.status(), StatusCode::SERVICE_UNAVAILABLE);
}
