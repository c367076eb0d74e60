//! The layer around every API route: finds the route in the table, the person behind the session,
//! and lets through only what the table allows.

use super::policy::{self, Policy};
use super::{csrf, session};
use crate::api::problem::{Code, Problem};
use crate::api::types::Role;
use crate::centre::Centre;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use kerege_contract::{Sha256Hash, UtcTime};
use std::sync::Arc;

/// The person behind a request.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their name.
    pub name: String,
    /// What they do.
    pub role: Role,
    /// Hash of their session's token.
    pub token: Sha256Hash,
    /// When the session ends if nothing more is done.
    pub expires: UtcTime,
}

/// Lets a request through, or answers with the problem.
pub async fn guard(State(centre): State<Arc<Centre>>, mut request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    match admit(&centre, request.method(), path, request.headers()).await {
        Ok(person) => {
            if let Some(person) = person {
                request.extensions_mut().insert(person);
            }
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

async fn admit(
    centre: &Arc<Centre>,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
) -> Result<Option<Person>, Problem> {
    let Some(policy) = policy::of_route(method.as_str(), path) else {
        // Either a method that the route does not know, or a route that nobody put in the table.
        return Err(Problem::new(Code::MethodNotAllowed));
    };
    let changes = !matches!(method.as_str(), "GET" | "HEAD");
    let origin = centre.config.http.public_origin.as_deref();
    if changes && policy != Policy::Device && csrf::is_cross_site(headers, origin) {
        return Err(Problem::new(Code::CrossSite));
    }
    match policy {
        Policy::Public | Policy::Device => Ok(None),
        Policy::May(action) => {
            let token = session::token_of(headers, centre.config.http.cookies);
            let token = token.ok_or_else(|| Problem::new(Code::SignedOut))?;
            let person = person(centre, session::fingerprint(&token)).await?;
            if policy::may(person.role, action) { Ok(Some(person)) } else { Err(Problem::new(Code::Forbidden)) }
        }
    }
}

/// The person of a session that still holds; notes that it is in use.
///
/// # Errors
/// `signed_out` when it does not hold, or when the store fails.
pub async fn person(centre: &Arc<Centre>, token: Sha256Hash) -> Result<Person, Problem> {
    let now = centre.clock.now();
    let found = centre.read(move |store| store.session(&token)).await?;
    let (session, user) = found.ok_or_else(|| Problem::new(Code::SignedOut))?;
    let expires = session::expires(&session, now).ok_or_else(|| Problem::new(Code::SignedOut))?;
    if now.seconds_since(session.seen) >= session::TOUCH_S {
        centre.write(move |tx| tx.touch_session(&token, now)).await?;
    }
    Ok(Person { name: user.name, role: user.role, token, expires })
}
