//! Commands of the centre: checked, obeyed once, answered.

use super::UplinkOptions;
use crate::outbox::{OutboxError, OutboxHandle};
use kerege_contract::UtcTime;
use kerege_contract::command::{Command, CommandOutcome, CommandResult, Order};
use kerege_contract::jws::{self, ContentType};
use kerege_contract::version::{Unknown, V1};

/// Clocks of box and centre may differ by this much, seconds.
const SKEW_S: f64 = 30.0;

/// What became of a command.
pub(super) struct Obeyed {
    pub(super) result: CommandResult,
    /// The outbox is to be read from its beginning again.
    pub(super) read_again: bool,
}

/// Obeys a command. None when it is not the centre's word to this box: such a thing gets no answer.
pub(super) async fn obey(
    outbox: &OutboxHandle,
    options: &UplinkOptions,
    name: &str,
    payload: &[u8],
    jws: Option<&str>,
    now: UtcTime,
) -> Option<Obeyed> {
    let command = match check(options, name, payload, jws) {
        Ok(command) => command,
        Err(why) => {
            tracing::error!(name, why, "a command is not taken");
            return None;
        }
    };
    let id = command.id.clone();
    let done = if let Some(why) = untimely(&command, now) {
        Ok((CommandOutcome::Refused, why, false))
    } else {
        carry_out(outbox, command, now).await
    };
    let (outcome, detail, read_again) =
        done.unwrap_or_else(|error| (CommandOutcome::Refused, error.to_string(), false));
    tracing::info!(name, id, ?outcome, detail, "command");
    let result = CommandResult {
        v: V1,
        id,
        dev: options.device.clone(),
        outcome,
        detail: Some(detail),
        unknown: Unknown::new(),
    };
    Some(Obeyed { result, read_again })
}

fn check(options: &UplinkOptions, name: &str, payload: &[u8], jws: Option<&str>) -> Result<Command, String> {
    jws::verify(jws.unwrap_or_default(), ContentType::Command, payload, &options.centre)
        .map_err(|error| error.to_string())?;
    let command: Command = serde_json::from_slice(payload).map_err(|error| error.to_string())?;
    if command.dev != options.device {
        return Err(format!("it is for '{}'", command.dev));
    }
    if command.order.as_str() != name {
        return Err(format!("it says '{}'", command.order.as_str()));
    }
    // It becomes a topic level.
    kerege_contract::DeviceId::new(command.id.clone()).map_err(|error| error.to_string())?;
    Ok(command)
}

fn untimely(command: &Command, now: UtcTime) -> Option<String> {
    if now < command.nbf.plus_seconds(-SKEW_S) {
        return Some(format!("not to be obeyed before {}; the box's clock says {now}", command.nbf));
    }
    (now > command.exp.plus_seconds(SKEW_S))
        .then(|| format!("not to be obeyed after {}; the box's clock says {now}", command.exp))
}

async fn carry_out(
    outbox: &OutboxHandle,
    command: Command,
    now: UtcTime,
) -> Result<(CommandOutcome, String, bool), OutboxError> {
    let (id, exp) = (command.id, command.exp);
    if !outbox.ask(move |outbox| outbox.note_command(&id, exp, now)).await? {
        return Ok((CommandOutcome::Repeated, "it was obeyed before".into(), false));
    }
    match command.order {
        Order::ReplayFrom(from) => {
            let (events, facts) = outbox
                .ask(move |outbox| outbox.replay_from(from.events.map(|from| (from.epoch, from.seq)), from.facts))
                .await?;
            Ok((CommandOutcome::Done, format!("{events} events and {facts} facts are sent again"), true))
        }
    }
}
