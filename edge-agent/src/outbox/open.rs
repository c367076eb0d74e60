//! Opening the outbox: is it there, whole, ours and the newest? If not, a new epoch says so.

use super::salvage::{self, Salvaged};
use super::schema::{connect, int, uint};
use super::{Draft, HeadFile, HeadState, Outbox, OutboxError, hash_of};
use ed25519_dalek::SigningKey;
use kerege_contract::event::{
    ChainHead, ChainStart, Clock, EpochReason, Event, EventTimes, EventType, Severity, Status, TimeSource,
};
use kerege_contract::jws::PublicKey;
use kerege_contract::version::{Unknown, V1};
use kerege_contract::{DeviceId, Sha256Hash, SiteId, UtcTime};
use rusqlite::{Connection, OptionalExtension as _, params};
use std::fs;
use std::path::{Path, PathBuf};

/// Where the outbox lies and whose it is.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The box's data folder; the database, head file and stills lie in it.
    pub data_dir: PathBuf,
    /// The box.
    pub device: DeviceId,
    /// Its intersection.
    pub site: SiteId,
}

impl Settings {
    /// The database.
    #[must_use]
    pub fn database_path(&self) -> PathBuf {
        self.data_dir.join("outbox.db")
    }

    /// The head file.
    #[must_use]
    pub fn head_path(&self) -> PathBuf {
        self.data_dir.join("outbox.head.json")
    }

    /// Where stills wait for their upload.
    #[must_use]
    pub fn blobs_dir(&self) -> PathBuf {
        self.data_dir.join("blobs")
    }
}

/// What the outbox cannot know by itself when it opens an epoch.
#[derive(Debug, Clone)]
pub struct Moment {
    /// The time.
    pub now: UtcTime,
    /// The state of the clock that says so.
    pub clock: Clock,
    /// Sixteen random bytes in base64.
    pub nonce: String,
    /// Ten random bytes for the event's id.
    pub random: [u8; 10],
}

/// How the outbox began this time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beginning {
    /// A new epoch and why; none when the old one goes on.
    pub epoch: Option<ChainStart>,
    /// Where the damaged database was put.
    pub set_aside: Option<PathBuf>,
    /// Events and facts that were read out of it.
    pub salvaged: (u64, u64),
}

impl Outbox {
    /// Opens the outbox of a box, making it when there is none.
    ///
    /// # Errors
    /// When the folder cannot be written, the outbox is another box's or a later build's. Damage
    /// is not an error: it is mended and told in [`Beginning`].
    pub fn open(settings: &Settings, key: &SigningKey, moment: &Moment) -> Result<(Self, Beginning), OutboxError> {
        fs::create_dir_all(settings.blobs_dir())
            .map_err(|source| OutboxError::file("create", &settings.blobs_dir(), source))?;
        match Self::attach(settings, key, moment) {
            Err(error) if error.is_damage() => {
                tracing::error!(damage = %error, "the outbox is damaged, salvaging what can be read");
                salvage::set_aside(&settings.database_path(), moment.now)?;
                Self::attach(settings, key, moment)
            }
            other => other,
        }
    }

    /// Sets a database aside in which damage was found at work, and opens a new one.
    ///
    /// # Errors
    /// As [`Outbox::open`].
    pub(super) fn replace(
        settings: &Settings,
        key: &SigningKey,
        moment: &Moment,
        damage: &OutboxError,
    ) -> Result<(Self, Beginning), OutboxError> {
        tracing::error!(%damage, "the outbox is damaged, salvaging what can be read");
        salvage::set_aside(&settings.database_path(), moment.now)?;
        Self::open(settings, key, moment)
    }

    /// Opens the database as it is. One that was set aside and not yet salvaged is salvaged now, so
    /// that a power cut in the middle of it loses nothing.
    fn attach(settings: &Settings, key: &SigningKey, moment: &Moment) -> Result<(Self, Beginning), OutboxError> {
        let conn = connect(&settings.database_path())?;
        if let Some(found) = meta(&conn, "device")?
            && found != settings.device.as_str()
        {
            let path = settings.database_path();
            return Err(OutboxError::OtherDevice { path, found, wanted: settings.device.clone() });
        }
        let known_key = meta(&conn, "key")?;
        let unsettled = meta(&conn, "unsettled")?.is_some();
        let salvaged = if unsettled { salvage::resume(&conn, settings)? } else { None };
        let outbox = Self::assemble(conn, settings, key)?;
        outbox.check_waiting()?;
        let reason = if salvaged.is_some() {
            Some(EpochReason::OutboxDamaged)
        } else {
            let head_file = HeadState::read(&settings.head_path());
            if !unsettled && is_behind(&outbox.head, &head_file) {
                // Put back from a copy, or its log could not be read to its end.
                return Err(OutboxError::Damaged { what: "it is older than its head file".into() });
            }
            reason(unsettled, &head_file, known_key.as_deref(), &PublicKey::of(key).to_string())
        };
        outbox.begin(reason, salvaged, moment)
    }

    fn assemble(conn: Connection, settings: &Settings, key: &SigningKey) -> Result<Self, OutboxError> {
        let head = last_event(&conn)?;
        let fseq: Option<i64> = conn.query_row("SELECT max(fseq) FROM fact", [], |row| row.get(0))?;
        let floor = meta(&conn, "fseq")?.and_then(|text| text.parse().ok()).unwrap_or(0);
        let fseq = uint(fseq.unwrap_or(0)).max(floor);
        let receipted = receipted_upto(&conn, head.epoch)?;
        Ok(Self { conn, settings: settings.clone(), key: key.clone(), head, fseq, receipted })
    }

    /// Opens an epoch when there is a reason, and writes the head file.
    fn begin(
        mut self,
        reason: Option<EpochReason>,
        mended: Option<(PathBuf, Salvaged)>,
        moment: &Moment,
    ) -> Result<(Self, Beginning), OutboxError> {
        let mut beginning = Beginning { epoch: None, set_aside: None, salvaged: (0, 0) };
        if let Some((aside, salvaged)) = mended {
            beginning.set_aside = Some(aside);
            beginning.salvaged = (salvaged.events, salvaged.facts);
        }
        if let Some(reason) = reason {
            beginning.epoch = Some(self.open_epoch(reason, moment)?);
        }
        set_meta(&self.conn, "device", self.settings.device.as_str())?;
        set_meta(&self.conn, "key", &PublicKey::of(&self.key).to_string())?;
        self.remember();
        Ok((self, beginning))
    }

    fn open_epoch(&mut self, reason: EpochReason, moment: &Moment) -> Result<ChainStart, OutboxError> {
        let head_file = HeadState::read(&self.settings.head_path());
        let known = head_file.known();
        let last = last_known(&self.head, known);
        if let Some(known) = known {
            // One more may have been committed after the file was written.
            self.fseq = self.fseq.max(known.fseq + 1);
            set_meta(&self.conn, "fseq", &self.fseq.to_string())?;
        }
        let chain = ChainStart {
            reason,
            key: PublicKey::of(&self.key),
            lost_at_most: self.lost_at_most(reason, known)?,
            last: last.clone(),
        };
        // With nothing known of what was before, a number that cannot have been used.
        let never_used = u32::try_from(moment.now.millis() / 1000).unwrap_or(u32::MAX);
        let epoch = match (&last, reason) {
            (Some(last), _) => last.epoch + 1,
            (None, EpochReason::FirstStart) => 1,
            (None, _) => never_used,
        };
        self.head = ChainHead { epoch, seq: 0, hash: last.as_ref().map_or(Sha256Hash::ZERO, |last| last.hash) };
        self.receipted = 0;
        let event = chain_start(&self.settings, &chain, moment);
        self.append(Draft::new(event), moment.now)?;
        Ok(chain)
    }

    /// How many events may be gone for good: those after the last receipt that are not here, up to
    /// one more than the head file knows of, since it is written after the commit.
    fn lost_at_most(&self, reason: EpochReason, file: Option<&HeadFile>) -> Result<Option<u64>, OutboxError> {
        let gap = matches!(reason, EpochReason::OutboxDamaged | EpochReason::OutboxMissing);
        let Some(file) = file.filter(|_| gap) else { return Ok(None) };
        let epoch = file.chain.epoch;
        let stored = if self.head.epoch == epoch { self.head.seq } else { 0 };
        let end = (file.chain.seq + 1).max(stored);
        let sure = file.receipted;
        let kept: i64 = self.conn.query_row(
            "SELECT count(*) FROM event WHERE epoch = ?1 AND seq > ?2 AND seq <= ?3",
            params![epoch, int(sure), int(end)],
            |row| row.get(0),
        )?;
        Ok(Some(end.saturating_sub(sure).saturating_sub(uint(kept))))
    }

    /// Every waiting event and fact must still have its hash; a flipped bit in a row is damage that
    /// SQLite itself cannot see.
    fn check_waiting(&self) -> Result<(), OutboxError> {
        for table in ["event", "fact"] {
            let query = format!("SELECT hash, bytes FROM {table} WHERE receipted IS NULL AND refused IS NULL");
            let mut statement = self.conn.prepare(&query)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let hash = hash_of(&row.get::<_, Vec<u8>>(0)?)?;
                if Sha256Hash::of(&row.get::<_, Vec<u8>>(1)?) != hash {
                    return Err(OutboxError::Damaged { what: format!("a waiting {table} does not have its hash") });
                }
            }
        }
        Ok(())
    }
}

/// Whether numbers were given out that the database does not know of.
fn is_behind(head: &ChainHead, head_file: &HeadState) -> bool {
    head_file.known().is_some_and(|file| (file.chain.epoch, file.chain.seq) > (head.epoch, head.seq))
}

/// Why a new epoch must begin, if it must.
fn reason(unsettled: bool, head_file: &HeadState, known_key: Option<&str>, key: &str) -> Option<EpochReason> {
    match (unsettled, head_file) {
        (true, HeadState::Absent) => Some(EpochReason::FirstStart),
        (true, _) => Some(EpochReason::OutboxMissing),
        (false, _) if known_key != Some(key) => Some(EpochReason::KeyChanged),
        (false, _) => None,
    }
}

fn last_known(head: &ChainHead, file: Option<&HeadFile>) -> Option<ChainHead> {
    let stored = (head.seq > 0).then(|| head.clone());
    let remembered = file.map(|file| file.chain.clone());
    stored.into_iter().chain(remembered).max_by_key(|head| (head.epoch, head.seq))
}

fn chain_start(settings: &Settings, chain: &ChainStart, moment: &Moment) -> Event {
    let severity = match chain.reason {
        EpochReason::FirstStart | EpochReason::KeyChanged => Severity::Low,
        EpochReason::OutboxDamaged | EpochReason::OutboxMissing => Severity::High,
    };
    Event {
        v: V1,
        id: kerege_contract::EventId::from_parts(moment.now, moment.random),
        dev: settings.device.clone(),
        epoch: 0,
        seq: 0,
        prev: Sha256Hash::ZERO,
        kind: EventType::ChainStart,
        class: EventType::ChainStart.class(),
        phase: None,
        incident: None,
        severity,
        status: Status::Candidate,
        ts: EventTimes {
            event: moment.now,
            detected: moment.now,
            src: TimeSource::Estimated,
            err_ms: moment.clock.err_ms.unwrap_or(0.0),
            clock: moment.clock.clone(),
        },
        site: settings.site.clone(),
        cam: None,
        lane: None,
        geo: None,
        obj: Vec::new(),
        rule: None,
        model: None,
        calib: None,
        evidence: Vec::new(),
        reason: None,
        detail: None,
        signals: None,
        chain: Some(chain.clone()),
        nonce: moment.nonce.clone(),
        unknown: Unknown::new(),
    }
}

/// The newest event of the newest epoch; number 0 when there is none.
fn last_event(conn: &Connection) -> Result<ChainHead, OutboxError> {
    let row = conn
        .query_row("SELECT epoch, seq, hash FROM event ORDER BY epoch DESC, seq DESC LIMIT 1", [], |row| {
            Ok((row.get::<_, u32>(0)?, row.get::<_, i64>(1)?, row.get::<_, Vec<u8>>(2)?))
        })
        .optional()?;
    match row {
        Some((epoch, seq, hash)) => Ok(ChainHead { epoch, seq: uint(seq), hash: hash_of(&hash)? }),
        None => Ok(ChainHead { epoch: 0, seq: 0, hash: Sha256Hash::ZERO }),
    }
}

/// The highest number before the first event of the epoch that has no receipt.
pub(super) fn receipted_upto(conn: &Connection, epoch: u32) -> Result<u64, OutboxError> {
    let first: Option<i64> =
        conn.query_row("SELECT min(seq) FROM event WHERE epoch = ?1 AND receipted IS NULL", [epoch], |row| row.get(0))?;
    let last: Option<i64> = conn.query_row("SELECT max(seq) FROM event WHERE epoch = ?1", [epoch], |row| row.get(0))?;
    Ok(first.map_or_else(|| uint(last.unwrap_or(0)), |first| uint(first - 1)))
}

pub(super) fn meta(conn: &Connection, name: &str) -> Result<Option<String>, OutboxError> {
    Ok(conn.query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0)).optional()?)
}

pub(super) fn set_meta(conn: &Connection, name: &str, value: &str) -> Result<(), OutboxError> {
    conn.execute("INSERT OR REPLACE INTO meta(name, value) VALUES(?1, ?2)", params![name, value])?;
    Ok(())
}

/// Kept beside the other conversions so that callers need not know the schema.
pub(super) fn millis(at: UtcTime) -> i64 {
    int(u64::try_from(at.millis()).unwrap_or(0))
}

/// The log that SQLite keeps beside a database.
pub(super) fn log_of(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}
