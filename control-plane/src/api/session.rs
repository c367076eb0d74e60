//! Signing in and out.

use super::Shared;
use super::problem::{Code, Problem};
use super::types::{Role, Session, SignIn};
use crate::auth::guard::Person;
use crate::auth::{password, session};
use crate::centre::Centre;
use crate::store::{SessionRow, UserRow};
use axum::extract::rejection::JsonRejection;
use axum::extract::{ConnectInfo, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use kerege_contract::UtcTime;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, PoisonError};

/// Sign in.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = SignIn,
    responses((status = 200, body = Session)))]
pub(super) async fn sign_in(
    State(centre): Shared,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    body: Result<Json<SignIn>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(given) = body.map_err(|error| Problem::detailed(Code::BadRequest, error.body_text()))?;
    let address = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Extension(ConnectInfo(peer))| peer.ip());
    let now = centre.clock.now();
    let name = given.name.clone();
    let user = check(&centre, given, address, now).await?;
    let act = if user.is_some() { "sign_in" } else { "sign_in_failed" };
    let logged: String = name.chars().take(64).collect();
    centre.write(move |tx| tx.log_act(&logged, act, &address.to_string(), now)).await?;
    let user = user.ok_or_else(|| Problem::new(Code::WrongCredentials))?;
    begin(&centre, user, now).await
}

/// The user whose password was given; none when it is wrong.
async fn check(centre: &Arc<Centre>, given: SignIn, address: IpAddr, now: UtcTime) -> Result<Option<UserRow>, Problem> {
    {
        // Counted before it is checked, so that attempts made at once count too.
        let mut limiter = centre.limiter.lock().unwrap_or_else(PoisonError::into_inner);
        limiter.check(&given.name, address, now).map_err(|seconds| Problem {
            retry_after_s: Some(seconds),
            ..Problem::detailed(Code::TooManyAttempts, format!("try again in {seconds} s"))
        })?;
        limiter.attempt(&given.name, address, now);
    }
    let name = given.name.clone();
    let user = centre.read(move |store| store.user(&name)).await?;
    let stored = user.as_ref().map(|user| user.password.clone());
    let _turn = centre.hashing.acquire().await.map_err(|_| Problem::new(Code::Busy))?;
    let SignIn { name, password: offered } = given;
    let fits = tokio::task::spawn_blocking(move || password::verify(stored.as_deref(), &offered)).await;
    if !fits.map_err(|error| Problem::internal(&error))? {
        return Ok(None);
    }
    centre.limiter.lock().unwrap_or_else(PoisonError::into_inner).succeeded(&name, address);
    Ok(user)
}

async fn begin(centre: &Arc<Centre>, user: UserRow, now: UtcTime) -> Result<Response, Problem> {
    let token = session::new_token().map_err(|error| Problem::internal(&error))?;
    let row = SessionRow { token: session::fingerprint(&token), user: user.name.clone(), began: now, seen: now };
    let expires = session::expires(&row, now).unwrap_or(now);
    centre.write(move |tx| tx.put_session(&row)).await?;
    tracing::info!(role = user.role.as_str(), "a user signed in");
    let cookie = session::set_cookie(Some(&token), centre.config.http.cookies);
    Ok(([(header::SET_COOKIE, cookie)], Json(shown(centre, user.name, user.role, expires))).into_response())
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/session", tag = "session", responses((status = 200, body = Session)))]
pub(super) async fn own_session(State(centre): Shared, Extension(person): Extension<Person>) -> Json<Session> {
    Json(shown(&centre, person.name, person.role, person.expires))
}

/// Sign out.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session", responses((status = 204)))]
pub(super) async fn sign_out(State(centre): Shared, Extension(person): Extension<Person>) -> Result<Response, Problem> {
    let now = centre.clock.now();
    centre
        .write(move |tx| {
            tx.end_session(&person.token)?;
            tx.log_act(&person.name, "sign_out", "", now)
        })
        .await?;
    let cookie = session::set_cookie(None, centre.config.http.cookies);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

fn shown(centre: &Centre, name: String, role: Role, expires: UtcTime) -> Session {
    Session { name, role, expires, time_zone: centre.config.time_zone_name.clone() }
}
