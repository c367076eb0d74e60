//! The matrix of all routes and roles, sessions, guessing, other sites' pages.

use super::*;
use crate::auth::policy::{self, Action, Policy, ROUTES};
use std::collections::BTreeSet;

/// Every route of the API as its document lists them.
fn documented() -> BTreeSet<(String, String)> {
    let document = spec::document(&collected().1);
    let paths = document["paths"].as_object().unwrap();
    let mut routes: BTreeSet<(String, String)> = paths
        .iter()
        .flat_map(|(path, item)| item.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone())))
        .collect();
    // The document does not list itself.
    routes.insert(("GET".into(), "/api/v1/openapi.json".into()));
    routes
}

fn filled(path: &str) -> String {
    path.replace("{dev}", DEV)
        .replace("{cam}", "c1")
        .replace("{sha256}", &"0".repeat(64))
        .replace("{id}", "01890000-0000-7000-8000-000000000000")
}

#[test]
fn every_route_is_in_the_table_and_nothing_else() {
    let table: BTreeSet<(String, String)> =
        ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(table, documented());
    assert_eq!(table.len(), ROUTES.len(), "a route is in the table twice");
}

#[tokio::test]
async fn every_role_gets_what_the_table_says_and_nobody_else_gets_anything() {
    let bench = Bench::new();
    for (method, path) in documented() {
        let address = filled(&path);
        let policy = policy::of_route(&method, &path).unwrap();
        let anonymous = bench.send(request(&method, &address, None, Body::empty())).await.status();
        match policy {
            Policy::Public => assert_eq!(anonymous, StatusCode::BAD_REQUEST, "{method} {path}"),
            _ => assert_eq!(anonymous, StatusCode::UNAUTHORIZED, "{method} {path}"),
        }
        for role in Role::ALL {
            let cookie = bench.sign_in_as(role);
            let status = bench.send(request(&method, &address, Some(&cookie), Body::empty())).await.status();
            let denied = matches!(status, StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED);
            let wanted = match policy {
                Policy::Public => false,
                Policy::Device => true,
                Policy::May(action) => !policy::may(role, action),
            };
            assert_eq!(denied, wanted, "{method} {path} as {} answers {status}", role.as_str());
        }
    }
}

#[test]
fn roles_see_only_what_is_theirs() {
    use Action as A;
    let cases = [
        (Role::Planner, vec![A::SeePicture, A::SeeStill, A::SeeIncidents, A::SeeScene, A::SeeBoxes, A::SeeAlarms]),
        (Role::Admin, vec![A::SeePicture, A::SeeStill, A::SeeIncidents, A::SeeCounts, A::ListCameras]),
        (Role::Officer, vec![A::SeeBoxes, A::SeeAlarms]),
    ];
    for (role, forbidden) in cases {
        for action in forbidden {
            assert!(!policy::may(role, action), "{role:?} {action:?}");
        }
    }
}

#[tokio::test]
async fn strangers_in_the_api_are_not_found_or_not_allowed() {
    let bench = Bench::new();
    let cookie = bench.sign_in_as(Role::Operator);
    let status = |method, path| {
        let (bench, cookie) = (&bench, &cookie);
        async move { bench.send(request(method, path, Some(cookie), Body::empty())).await.status() }
    };
    assert_eq!(status("GET", "/api/v1/nothing").await, StatusCode::NOT_FOUND);
    assert_eq!(status("POST", "/api/v1/incidents").await, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(status("GET", "/api/v1/cameras/..%2f..%2fetc/c1/picture").await, StatusCode::NOT_FOUND);
    assert_eq!(status("GET", "/api/v1/blobs/..%2fkey").await, StatusCode::NOT_FOUND);
}

async fn try_sign_in(bench: &Bench, name: &str, secret: &str) -> Response {
    let body = serde_json::json!({ "name": name, "password": secret }).to_string();
    bench.send(request("POST", "/api/v1/session", None, Body::from(body))).await
}

#[tokio::test]
async fn a_session_from_its_beginning_to_its_end() {
    let bench = Bench::new();
    bench.add_user("aibek", "correct horse battery", Role::Officer);
    let response = try_sign_in(&bench, "aibek", "correct horse battery").await;
    assert_eq!(response.status(), StatusCode::OK);
    let set = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(set.contains("HttpOnly; SameSite=Strict"), "{set}");
    let cookie = set.split(';').next().unwrap().to_owned();
    let shown = json(response).await;
    assert_eq!((shown["role"].as_str(), shown["time_zone"].as_str()), (Some("officer"), Some("Asia/Bishkek")));
    assert_eq!(bench.get("/api/v1/session", &cookie).await.0, StatusCode::OK);

    bench.clock.fetch_add(11 * 3_600_000, Ordering::SeqCst);
    assert_eq!(bench.get("/api/v1/session", &cookie).await.0, StatusCode::OK);
    bench.clock.fetch_add(11 * 3_600_000, Ordering::SeqCst);
    assert_eq!(bench.get("/api/v1/session", &cookie).await.0, StatusCode::OK, "its use was noted");
    bench.clock.fetch_add(3 * 3_600_000, Ordering::SeqCst);
    let (status, problem) = bench.get("/api/v1/session", &cookie).await;
    assert_eq!((status, problem["code"].as_str()), (StatusCode::UNAUTHORIZED, Some("signed_out")));
}

#[tokio::test]
async fn signing_out_ends_it_on_the_centre() {
    let bench = Bench::new();
    let cookie = bench.sign_in_as(Role::Officer);
    let out = bench.send(request("DELETE", "/api/v1/session", Some(&cookie), Body::empty())).await;
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    assert!(out.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(bench.get("/api/v1/incidents", &cookie).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn guessing_is_slowed_down_and_tells_nothing() {
    let bench = Bench::new();
    bench.add_user("aibek", "correct horse battery", Role::Officer);
    for _ in 0..5 {
        let wrong = json(try_sign_in(&bench, "aibek", "wrong horse battery").await).await;
        let unknown = json(try_sign_in(&bench, "nobody", "wrong horse battery").await).await;
        assert_eq!(wrong["code"], "wrong_credentials");
        assert_eq!(wrong, unknown);
    }
    let response = try_sign_in(&bench, "aibek", "correct horse battery").await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(response.headers()["retry-after"], "300");
    bench.clock.fetch_add(300_000, Ordering::SeqCst);
    assert_eq!(try_sign_in(&bench, "aibek", "correct horse battery").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn another_sites_page_can_change_nothing() {
    let bench = Bench::new();
    let cookie = bench.sign_in_as(Role::Officer);
    let mut forged = request("DELETE", "/api/v1/session", Some(&cookie), Body::empty());
    forged.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    let response = bench.send(forged).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(json(response).await["code"], "cross_site");
    assert_eq!(bench.get("/api/v1/session", &cookie).await.0, StatusCode::OK);
}
