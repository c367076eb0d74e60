//! Stills and pictures from boxes: only announced ones, only theirs, only whole.

use super::*;

const PART: usize = kerege_contract::request::PART_BYTES;

fn announced(bench: &Bench, bytes: &[u8]) -> String {
    let mut event = testing::chain(DEV, 2).remove(1);
    event.evidence = vec![testing::still(bytes)];
    bench.take(&event);
    format!("/api/v1/blobs/{}", Sha256Hash::of(bytes))
}

async fn put(bench: &Bench, path: &str, body: &[u8], range: Option<&str>) -> Response {
    bench.send(signed(DEV, path, body, range, None, bench.centre.clock.now())).await
}

async fn code(response: Response) -> String {
    json(response).await["code"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_still_goes_up_in_parts_and_comes_back_whole() {
    let bench = Bench::new();
    let bytes_up: Vec<u8> = (0..PART + 1000).map(|n| (n % 251) as u8).collect();
    let path = announced(&bench, &bytes_up);
    let total = bytes_up.len();
    let first = format!("bytes 0-{}/{total}", PART - 1);
    let second = format!("bytes {PART}-{}/{total}", total - 1);
    let early = put(&bench, &path, &bytes_up[PART..], Some(&second)).await;
    assert_eq!((early.status(), early.headers()["kerege-offset"].to_str().unwrap()), (StatusCode::CONFLICT, "0"));
    for _ in 0..2 {
        let response = put(&bench, &path, &bytes_up[..PART], Some(&first)).await;
        assert_eq!(response.status(), StatusCode::ACCEPTED);
        assert_eq!(response.headers()["kerege-offset"], PART.to_string());
    }
    let asked = put(&bench, &path, b"", Some(&format!("bytes */{total}"))).await;
    assert_eq!(asked.headers()["kerege-offset"], PART.to_string());
    for _ in 0..2 {
        assert_eq!(put(&bench, &path, &bytes_up[PART..], Some(&second)).await.status(), StatusCode::CREATED);
    }
    let cookie = bench.sign_in_as(Role::Officer);
    let response = bench.send(request("GET", &path, Some(&cookie), Body::empty())).await;
    assert_eq!(
        (response.status(), response.headers()["content-type"].to_str().unwrap()),
        (StatusCode::OK, "image/jpeg")
    );
    assert_eq!(bytes(response).await, bytes_up);
}

#[tokio::test]
async fn who_looks_at_an_incident_is_told_when_its_still_has_come() {
    let bench = Bench::new();
    let path = announced(&bench, b"still");
    let (_, newest, mut told) = bench.centre.live.listen(None);
    assert_eq!(put(&bench, &path, b"still", None).await.status(), StatusCode::CREATED);
    let change = told.try_recv().unwrap();
    assert!(change.id > newest && change.data.contains("stopped_vehicle"), "{change:?}");
    assert_eq!(put(&bench, &path, b"still", None).await.status(), StatusCode::CREATED);
    assert!(told.try_recv().is_err(), "sent again, it is no news");
}

#[tokio::test]
async fn only_what_was_announced_and_exactly_that() {
    let bench = Bench::new();
    let path = announced(&bench, b"still");
    let stranger = format!("/api/v1/blobs/{}", Sha256Hash::of(b"other"));
    assert_eq!(code(put(&bench, &stranger, b"other", None).await).await, "not_announced");
    assert_eq!(code(put(&bench, &path, b"longer than announced", None).await).await, "hash_mismatch");
    assert_eq!(code(put(&bench, &path, b"wrong", None).await).await, "hash_mismatch");
    let too_long = vec![0; PART + 1];
    assert_eq!(code(put(&bench, &path, &too_long, None).await).await, "too_large");
    assert_eq!(code(put(&bench, &path, b"still", Some("bytes 0-1/5")).await).await, "bad_request");
    let other = signed("bsk-018", &path, b"still", None, None, bench.centre.clock.now());
    assert_eq!(code(bench.send(other).await).await, "not_announced");
    assert_eq!(put(&bench, &path, b"still", None).await.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn only_the_device_itself_and_only_now() {
    let bench = Bench::new();
    let path = announced(&bench, b"still");
    let now = bench.centre.clock.now();
    let late = signed(DEV, &path, b"still", None, None, now.plus_seconds(-301.0));
    assert_eq!(code(bench.send(late).await).await, "bad_date");
    let unknown = signed("bsk-999", &path, b"still", None, None, now);
    assert_eq!(code(bench.send(unknown).await).await, "bad_signature");
    let mut changed = signed(DEV, &path, b"still", None, None, now);
    *changed.body_mut() = Body::from("stale");
    assert_eq!(code(bench.send(changed).await).await, "bad_signature");
    let mut moved = signed(DEV, &path, b"still", None, None, now);
    *moved.uri_mut() = format!("{path}?x").parse().unwrap();
    assert_eq!(code(bench.send(moved).await).await, "bad_signature");
}

#[tokio::test]
async fn the_latest_picture_is_overwritten_and_never_by_an_older_one() {
    let bench = Bench::new();
    let now = bench.centre.clock.now();
    let path = "/api/v1/devices/bsk-017/cameras/c1/picture";
    let send = |jpeg: &'static [u8], captured: UtcTime| bench.send(signed(DEV, path, jpeg, None, Some(captured), now));
    let cookie = bench.sign_in_as(Role::Officer);
    let look = || bench.send(request("GET", "/api/v1/cameras/bsk-017/c1/picture", Some(&cookie), Body::empty()));
    assert_eq!(code(look().await).await, "not_yet");
    assert_eq!(send(b"\xff\xd8\xffnewer", now).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(send(b"\xff\xd8\xffolder", now.plus_seconds(-1.0)).await.status(), StatusCode::NO_CONTENT);
    let shown = look().await;
    assert_eq!(shown.headers()["kerege-captured"], now.to_string());
    assert_eq!(bytes(shown).await, b"\xff\xd8\xffnewer");
    assert_eq!(code(send(b"<html>", now.plus_seconds(1.0)).await).await, "bad_request");
    assert_eq!(code(send(b"\xff\xd8\xff", now.plus_seconds(400.0)).await).await, "bad_date");
    let foreign = signed("bsk-018", path, b"\xff\xd8\xff", None, Some(now), now);
    assert_eq!(code(bench.send(foreign).await).await, "forbidden");
}
