//! What the broker says of clients that it turned away, as alarms: a box whose message was too long
//! for the broker, and somebody without the right password. The broker publishes its log under
//! `$SYS` because `broker_files` tells it to; only the ingest account may read it.

use super::apply::Outcome;
use crate::api::types::AlarmKind;
use crate::config::Config;
use crate::store::{AlarmReport, Recurrence, Stored, Tx};
use kerege_contract::event::Severity;
use kerege_contract::{DeviceId, UtcTime};

/// What a line of the broker's log tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// A client sent a packet longer than allowed and was disconnected.
    TooLarge(String),
    /// A client had no account or a wrong password.
    NotAuthorised,
    /// A client was cut off, as Mosquitto 2.0 does after a message to a topic that is not its own.
    CutOff(String),
}

/// Reads a line; none when it tells nothing that is to be alarmed.
pub(super) fn read(line: &str) -> Option<Told> {
    if let Some((_, client)) = line.split_once("Bad socket read/write on client ") {
        return client.strip_suffix(": Unknown error.").map(|client| Told::CutOff(client.to_owned()));
    }
    let (_, client) = line.split_once("Client ")?;
    if let Some(client) = client.strip_suffix(" disconnected due to oversize packet.") {
        return Some(Told::TooLarge(client.to_owned()));
    }
    client.ends_with(" disconnected, not authorised.").then_some(Told::NotAuthorised)
}

/// Raises what a line of the broker's log tells.
pub(super) fn apply(tx: &dyn Tx, config: &Config, line: &[u8], now: UtcTime, outcome: &mut Outcome) -> Stored<()> {
    let report = match std::str::from_utf8(line).ok().and_then(read) {
        None => return Ok(()),
        Some(Told::TooLarge(client)) => {
            let detail = "the broker disconnected a client for a packet longer than it takes";
            report(config, &client, AlarmKind::TooLarge, Severity::Medium, detail)
        }
        Some(Told::CutOff(client)) => {
            let detail =
                "the broker cut a client off, as it does when one writes where it may not: see the broker's log";
            report(config, &client, AlarmKind::BrokerRefused, Severity::High, detail)
        }
        Some(Told::NotAuthorised) => {
            let detail = "somebody without account or with a wrong password tried to connect: see the broker's log";
            report(config, "", AlarmKind::BrokerRefused, Severity::High, detail)
        }
    };
    outcome.alarm(tx.raise(&report, now)?);
    Ok(())
}

fn report(config: &Config, client: &str, kind: AlarmKind, severity: Severity, detail: &str) -> AlarmReport {
    // A box's client id is its name: the devices' listener sees to that.
    let dev = DeviceId::new(client).ok().filter(|dev| config.devices.contains_key(dev));
    let (key, detail) = ("broker".to_owned(), detail.to_owned());
    AlarmReport { dev, kind, key, severity, detail, recurrence: Recurrence::Returns }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_to_be_alarmed_is_read() {
        let cases = [
            ("1795336675: Client bsk-1 disconnected due to oversize packet.", Some(Told::TooLarge("bsk-1".into()))),
            ("1795336654: Client <unknown> disconnected, not authorised.", Some(Told::NotAuthorised)),
            ("1795336654: Client bsk-1 disconnected.", None),
            ("1795336654: New connection from 127.0.0.1:41842 on port 18831.", None),
            (
                "1795338896: Bad socket read/write on client bsk-018: Unknown error.",
                Some(Told::CutOff("bsk-018".into())),
            ),
            ("1795338896: Bad socket read/write on client bsk-018: Broken pipe.", None),
            ("", None),
        ];
        for (line, wanted) in cases {
            assert_eq!(read(line), wanted, "{line}");
        }
    }
}
