//! The one thread that writes what boxes send: a batch, one transaction, then the acknowledgements,
//! receipts and live changes. A batch that cannot be stored is not acknowledged; it comes again.

use super::accept::{Incoming, Verdict, accept};
use super::apply::{Outcome, apply};
use super::broker_log;
use super::receipts::ReceiptItem;
use super::uplink::BROKER_LOG;
use crate::centre::{Centre, in_transaction};
use crate::crash;
use crate::store::{Stored, Tx};
use kerege_contract::UtcTime;
use kerege_contract::topic::JWS_PROPERTY;
use rumqttc::v5::AsyncClient;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::Publish;
use std::sync::Arc;
use tokio::sync::{Notify, mpsc};

/// Messages in one transaction.
const BATCH: usize = 256;

/// A message and the connection that has to acknowledge it.
#[derive(Debug)]
pub struct Job {
    /// The message.
    pub publish: Publish,
    /// Its connection.
    pub client: AsyncClient,
}

/// The writing thread.
#[derive(Debug)]
pub struct Writer {
    centre: Arc<Centre>,
    receipts: mpsc::Sender<ReceiptItem>,
    failed: Arc<Notify>,
    dropped_receipts: u64,
}

impl Writer {
    /// Starts the thread; it ends when all senders of jobs are gone.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        centre: Arc<Centre>,
        mut jobs: mpsc::Receiver<Job>,
        receipts: mpsc::Sender<ReceiptItem>,
        failed: Arc<Notify>,
    ) -> std::io::Result<std::thread::JoinHandle<()>> {
        let mut writer = Self { centre, receipts, failed, dropped_receipts: 0 };
        std::thread::Builder::new().name("ingest-writer".into()).spawn(move || {
            while let Some(first) = jobs.blocking_recv() {
                let mut batch = vec![first];
                while batch.len() < BATCH
                    && let Ok(job) = jobs.try_recv()
                {
                    batch.push(job);
                }
                writer.write(&batch);
            }
        })
    }

    fn write(&mut self, batch: &[Job]) {
        let now = self.centre.clock.now();
        let judged: Vec<Judged<'_>> = batch.iter().map(|job| self.judge(&job.publish)).collect();
        let stored = in_transaction(&*self.centre.store, |tx| {
            let outcome = self.apply(tx, &judged, now)?;
            crash::point("ingest.before_commit");
            Ok(outcome)
        });
        let outcome = match stored {
            Ok(outcome) => outcome,
            Err(error) => {
                tracing::error!(messages = batch.len(), error = %crate::chain_of(&error), "a batch could not be stored");
                self.failed.notify_one();
                return;
            }
        };
        crash::point("ingest.after_commit");
        for job in batch.iter().filter(|job| job.publish.qos != QoS::AtMostOnce) {
            // A connection that ended meanwhile cannot take it; the broker then sends again.
            let _ended = job.client.try_ack(&job.publish);
        }
        crash::point("ingest.after_ack");
        self.pass_on(outcome);
    }

    fn judge<'a>(&self, publish: &'a Publish) -> Judged<'a> {
        let topic = std::str::from_utf8(&publish.topic).unwrap_or_default();
        let properties = publish.properties.as_ref().map(|properties| properties.user_properties.as_slice());
        let jws = properties.unwrap_or_default().iter().find(|(key, _)| key == JWS_PROPERTY);
        let message = Incoming { topic, payload: &publish.payload, jws: jws.map(|(_, jws)| jws.as_str()) };
        let verdict = accept(message, &self.centre.config);
        if let Verdict::Refused(refused) = &verdict {
            tracing::warn!(dev = %refused.dev, code = refused.code.as_str(), "a message was refused");
        }
        Judged { message, verdict }
    }

    fn apply(&self, tx: &dyn Tx, judged: &[Judged<'_>], now: UtcTime) -> Stored<Outcome> {
        let mut outcome = Outcome::default();
        for Judged { message, verdict } in judged {
            if message.topic.starts_with(BROKER_LOG) {
                broker_log::apply(tx, &self.centre.config, message.payload, now, &mut outcome)?;
            } else {
                apply(tx, &self.centre.config, *message, verdict, now, &mut outcome)?;
            }
        }
        Ok(outcome)
    }

    fn pass_on(&mut self, outcome: Outcome) {
        for item in outcome.receipts {
            if self.receipts.try_send(item).is_err() {
                // The box sends again whatever it has no receipt for.
                self.dropped_receipts += 1;
                tracing::warn!(
                    dropped = self.dropped_receipts,
                    "a receipt was dropped: the fleet connection is behind"
                );
            }
        }
        for told in &outcome.told {
            self.centre.live.tell(told);
        }
    }
}

struct Judged<'a> {
    message: Incoming<'a>,
    verdict: Verdict,
}
