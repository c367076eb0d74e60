//! Judges one message, without store or network: whose it is, whether it is what its topic says and
//! whether the right key signed it. Nobody is trusted on first use.

use crate::config::{Config, DeviceEntry};
use kerege_contract::event::{BadEvent, Event, EventClass};
use kerege_contract::fact::MinuteFact;
use kerege_contract::health::Health;
use kerege_contract::jws::{self, BadSignature, ContentType};
use kerege_contract::receipt::{Refusal, RefusalCode};
use kerege_contract::reported::Reported;
use kerege_contract::state::DeviceState;
use kerege_contract::topic::{MAX_PACKET_BYTES, Topic};
use kerege_contract::{CameraId, DeviceId, Sha256Hash};
use serde::de::DeserializeOwned;

/// Longest payload taken, bytes: the contract's packet.
pub const MAX_PAYLOAD: usize = MAX_PACKET_BYTES as usize;
/// Largest number that every store and every reader of JSON keeps exactly.
const MAX_NUMBER: u64 = 1 << 53;

/// A message as it came from the broker.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// Its topic.
    pub topic: &'a str,
    /// Its exact bytes.
    pub payload: &'a [u8],
    /// Its detached signature.
    pub jws: Option<&'a str>,
}

/// Something signed, with the exact bytes that were signed.
#[derive(Debug, Clone)]
pub struct Signed<T> {
    /// What it says.
    pub value: T,
    /// Its exact bytes.
    pub bytes: Vec<u8>,
    /// Their hash.
    pub hash: Sha256Hash,
    /// Its detached signature.
    pub jws: String,
}

/// A message that may be stored.
#[derive(Debug, Clone)]
pub enum Item {
    /// An event.
    Event(Box<Signed<Event>>),
    /// A minute fact.
    Fact(Box<Signed<MinuteFact>>),
    /// A birth or will; the broker vouches for the device.
    State(DeviceId, DeviceState),
    /// A health message.
    Health(Box<Health>),
    /// A configuration in force; the broker vouches for the device.
    Reported(Box<Reported>),
}

/// A message that may not be stored, from a device that is known.
#[derive(Debug, Clone)]
pub struct Refused {
    /// The device of the topic.
    pub dev: DeviceId,
    /// Why.
    pub code: RefusalCode,
    /// Why, for people.
    pub detail: String,
    /// What the receipt says of it; none when it has no number that could be named.
    pub refusal: Option<Refusal>,
}

/// What becomes of a message.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// It is stored.
    Accepted(Item),
    /// It is quarantined, alarmed and named in a receipt.
    Refused(Box<Refused>),
    /// Its device is not configured.
    UnknownDevice(DeviceId),
    /// It is not for the store.
    Ignored,
}

/// Judges one message.
#[must_use]
pub fn accept(message: Incoming<'_>, config: &Config) -> Verdict {
    let Ok(topic) = message.topic.parse::<Topic>() else { return Verdict::Ignored };
    let Some(dev) = topic.device().cloned() else { return Verdict::Ignored };
    let Some(entry) = config.devices.get(&dev) else { return Verdict::UnknownDevice(dev) };
    let judge = Judge { message, config, entry, dev: &dev };
    let judged = match &topic {
        Topic::Event(_, class) => judge.event(*class),
        Topic::Fact(_, cam) => judge.fact(cam),
        Topic::Health(_) => judge.health(),
        Topic::State(_) => judge.parsed().map(|state| Item::State(dev.clone(), state)),
        Topic::ConfigReported(_) => judge.reported(),
        _ => return Verdict::Ignored,
    };
    match judged {
        Ok(item) => Verdict::Accepted(item),
        Err((code, detail)) => {
            let refusal = refusal(&topic, message.payload, code);
            Verdict::Refused(Box::new(Refused { dev, code, detail, refusal }))
        }
    }
}

type Judged<T> = Result<T, (RefusalCode, String)>;

struct Judge<'a> {
    message: Incoming<'a>,
    config: &'a Config,
    entry: &'a DeviceEntry,
    dev: &'a DeviceId,
}

impl Judge<'_> {
    fn event(&self, class: EventClass) -> Judged<Item> {
        self.size()?;
        let event = Event::from_bytes(self.message.payload).map_err(|error| match error {
            BadEvent::Json(error) => self.unreadable(&error),
            BadEvent::Class { .. } => (RefusalCode::WrongClass, error.to_string()),
            BadEvent::Numbering => (RefusalCode::Malformed, error.to_string()),
        })?;
        self.same_device(&event.dev)?;
        if event.class != class {
            let detail = format!("class {} came by the topic of {}", event.class.as_str(), class.as_str());
            return Err((RefusalCode::WrongClass, detail));
        }
        number(event.seq)?;
        self.signed(ContentType::Event, event).map(|signed| Item::Event(Box::new(signed)))
    }

    fn fact(&self, cam: &CameraId) -> Judged<Item> {
        self.size()?;
        let fact: MinuteFact = self.parsed()?;
        self.same_device(&fact.dev)?;
        number(fact.fseq)?;
        let wrong = |detail: &str| Err((RefusalCode::Malformed, detail.to_owned()));
        if fact.cam != *cam {
            return wrong("the fact's camera is not that of its topic");
        }
        if fact.start != fact.start.minute_start() || !matches!(fact.minutes, 1 | 15) {
            return wrong("a fact begins with a minute and lasts 1 or 15");
        }
        let longest = f64::from(fact.minutes) * 60.0 + 1.0;
        if !(0.0..=longest).contains(&fact.observed_s) {
            return wrong("observed_s is not within the fact's minutes");
        }
        self.signed(ContentType::Fact, fact).map(|signed| Item::Fact(Box::new(signed)))
    }

    fn health(&self) -> Judged<Item> {
        let health: Health = self.parsed()?;
        self.same_device(&health.dev)?;
        self.signed(ContentType::Health, health).map(|signed| Item::Health(Box::new(signed.value)))
    }

    fn reported(&self) -> Judged<Item> {
        let reported: Reported = self.parsed()?;
        self.same_device(&reported.dev)?;
        Ok(Item::Reported(Box::new(reported)))
    }

    fn size(&self) -> Judged<()> {
        let length = self.message.payload.len();
        if length <= MAX_PAYLOAD {
            return Ok(());
        }
        Err((RefusalCode::TooLarge, format!("the message has {length} bytes, at most {MAX_PAYLOAD} are taken")))
    }

    fn parsed<T: DeserializeOwned>(&self) -> Judged<T> {
        self.size()?;
        serde_json::from_slice(self.message.payload).map_err(|error| self.unreadable(&error))
    }

    fn unreadable(&self, error: &serde_json::Error) -> (RefusalCode, String) {
        let other_version = serde_json::from_slice::<serde_json::Value>(self.message.payload)
            .ok()
            .and_then(|value| value.get("v").and_then(serde_json::Value::as_u64))
            .is_some_and(|version| version != 1);
        let code = if other_version { RefusalCode::UnknownVersion } else { RefusalCode::Malformed };
        (code, error.to_string())
    }

    fn same_device(&self, payload: &DeviceId) -> Judged<()> {
        if payload == self.dev {
            return Ok(());
        }
        Err((RefusalCode::WrongDevice, format!("a message of {payload} came by the topic of {}", self.dev)))
    }

    fn signed<T>(&self, content: ContentType, value: T) -> Judged<Signed<T>> {
        let bytes = self.message.payload;
        let missing = || (RefusalCode::BadSignature, "the message has no signature".to_owned());
        let jws = self.message.jws.ok_or_else(missing)?;
        jws::verify(jws, content, bytes, &self.entry.public_key).map_err(|error| {
            let code = match &error {
                BadSignature::OtherKey { kid } if self.is_another_devices(kid) => RefusalCode::WrongDevice,
                _ => RefusalCode::BadSignature,
            };
            (code, error.to_string())
        })?;
        Ok(Signed { value, bytes: bytes.to_vec(), hash: Sha256Hash::of(bytes), jws: jws.to_owned() })
    }

    fn is_another_devices(&self, kid: &str) -> bool {
        self.config.devices.values().any(|entry| entry.public_key.thumbprint() == kid)
    }
}

fn number(number: u64) -> Judged<()> {
    if (1..=MAX_NUMBER).contains(&number) {
        return Ok(());
    }
    Err((RefusalCode::Malformed, format!("the number {number} is not within 1 to 2^53")))
}

/// What a receipt says of refused bytes, when a number can be read out of them at all.
fn refusal(topic: &Topic, payload: &[u8], code: RefusalCode) -> Option<Refusal> {
    if payload.len() > MAX_PAYLOAD {
        return None;
    }
    let value: serde_json::Value = serde_json::from_slice(payload).ok()?;
    let read = |key: &str| value.get(key).and_then(serde_json::Value::as_u64);
    let hash = Sha256Hash::of(payload);
    match topic {
        Topic::Event(..) => {
            Some(Refusal::Event { epoch: u32::try_from(read("epoch")?).ok()?, seq: read("seq")?, hash, code })
        }
        Topic::Fact(..) => Some(Refusal::Fact { fseq: read("fseq")?, hash, code }),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
