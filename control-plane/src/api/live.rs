//! The live stream: server-sent events that say what changed, each person only what their role may
//! see. A stream ends with its session and with the centre, since an open one would hold up both.

use super::Shared;
use super::problem::{Code, Problem};
use super::types::Role;
use crate::auth::guard::{self, Person};
use crate::auth::policy;
use crate::centre::Centre;
use crate::live::{Change, Missed};
use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Interval, MissedTickBehavior, interval_at};

/// A sign of life at least this often; a client takes a silent line for dead.
const BEAT: Duration = Duration::from_secs(15);
/// How often a stream looks whether its session still holds.
const SESSION_CHECK: Duration = Duration::from_secs(30);

/// Changes as they happen: events `incident`, `camera`, `box`, `counts`, `alarm`, and `resync` when
/// some were missed. Ids increase; `last-event-id` goes on after one.
#[utoipa::path(get, path = "/api/v1/live", tag = "live",
    params(("last-event-id" = Option<String>, Header, description = "Id of the last event seen.")),
    responses(
        (status = 200, content_type = "text/event-stream", description = "The stream.", body = String),
    ))]
pub(super) async fn live(
    State(centre): Shared,
    Extension(person): Extension<Person>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let permit = Arc::clone(&centre.streams).try_acquire_owned();
    let permit = permit.map_err(|_| Problem::detailed(Code::Busy, "too many live streams are open"))?;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let line = Line::open(centre, person, last, permit);
    Ok(Sse::new(line.into_stream()).keep_alive(KeepAlive::new().interval(BEAT).text("here")))
}

/// One open stream.
struct Line {
    centre: Arc<Centre>,
    person: Person,
    waiting: VecDeque<Event>,
    receiver: Receiver<Change>,
    newest: u64,
    session_check: Interval,
    _permit: OwnedSemaphorePermit,
}

impl Line {
    fn open(centre: Arc<Centre>, person: Person, last: Option<u64>, permit: OwnedSemaphorePermit) -> Self {
        let (missed, newest, receiver) = centre.live.listen(last);
        let waiting = match missed {
            Missed::Changes(changes) => changes.iter().filter_map(|change| heard(change, person.role)).collect(),
            Missed::Unknown => VecDeque::from([resync(newest)]),
        };
        let mut session_check = interval_at(tokio::time::Instant::now() + SESSION_CHECK, SESSION_CHECK);
        session_check.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { centre, person, waiting, receiver, newest, session_check, _permit: permit }
    }

    fn into_stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut line| async move { line.next().await.map(|event| (Ok(event), line)) })
    }

    /// The next event; none when the stream has to end.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            tokio::select! {
                () = self.centre.shutdown.cancelled() => return None,
                _ = self.session_check.tick() => {
                    guard::person(&self.centre, self.person.token).await.ok()?;
                }
                change = self.receiver.recv() => match change {
                    Ok(change) => {
                        self.newest = change.id;
                        self.waiting.extend(heard(&change, self.person.role));
                    }
                    Err(RecvError::Lagged(_)) => self.waiting.push_back(resync(self.newest)),
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }
}

/// A change as this role hears it.
fn heard(change: &Change, role: Role) -> Option<Event> {
    policy::may_hear(role, change.subject)
        .then(|| Event::default().id(change.id.to_string()).event(change.subject.as_str()).data(&*change.data))
}

fn resync(newest: u64) -> Event {
    Event::default().id(newest.to_string()).event("resync").data("{}")
}
