-- The centre's store in SQLite. Times are UTC milliseconds; hashes and ids are their text on the wire.

CREATE TABLE events (
  dev TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
  hash TEXT NOT NULL, prev TEXT NOT NULL, class TEXT NOT NULL, incident TEXT,
  at_ms INTEGER NOT NULL, received_ms INTEGER NOT NULL,
  bytes BLOB NOT NULL, jws TEXT NOT NULL,
  UNIQUE (dev, epoch, seq)
) STRICT;
CREATE INDEX events_by_incident ON events (dev, incident) WHERE incident IS NOT NULL;

CREATE TABLE chains (
  dev TEXT NOT NULL, epoch INTEGER NOT NULL,
  upto INTEGER NOT NULL, upto_hash TEXT NOT NULL, known INTEGER NOT NULL,
  broken INTEGER, forked INTEGER, gap_since_ms INTEGER,
  PRIMARY KEY (dev, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE incidents (
  id TEXT NOT NULL PRIMARY KEY, dev TEXT NOT NULL, site TEXT NOT NULL, cam TEXT, lane TEXT,
  kind TEXT NOT NULL, class TEXT NOT NULL, severity TEXT NOT NULL,
  started_ms INTEGER NOT NULL, ended_ms INTEGER, updated_ms INTEGER NOT NULL, time_err_ms REAL NOT NULL,
  reason TEXT, still TEXT, objects TEXT NOT NULL
) STRICT;
CREATE INDEX incidents_by_start ON incidents (started_ms DESC, id DESC);
CREATE INDEX incidents_open ON incidents (started_ms DESC, id DESC) WHERE ended_ms IS NULL;

CREATE TABLE facts (
  dev TEXT NOT NULL, fseq INTEGER NOT NULL, hash TEXT NOT NULL, cam TEXT NOT NULL,
  start_ms INTEGER NOT NULL, received_ms INTEGER NOT NULL,
  bytes BLOB NOT NULL, jws TEXT NOT NULL,
  UNIQUE (dev, fseq)
) STRICT;
CREATE INDEX facts_by_camera ON facts (dev, cam, start_ms);

CREATE TABLE quarantine (
  n INTEGER PRIMARY KEY AUTOINCREMENT, dev TEXT NOT NULL, topic TEXT NOT NULL, code TEXT NOT NULL,
  hash TEXT NOT NULL, received_ms INTEGER NOT NULL, bytes BLOB NOT NULL, jws TEXT,
  UNIQUE (dev, code, hash)
) STRICT;

CREATE TABLE boxes (
  dev TEXT NOT NULL PRIMARY KEY, state TEXT, since_ms INTEGER, previous_boot TEXT,
  health TEXT, health_received_ms INTEGER, reported TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE alarms (
  id INTEGER PRIMARY KEY AUTOINCREMENT, dev TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
  severity TEXT NOT NULL, detail TEXT NOT NULL,
  raised_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, count INTEGER NOT NULL, cleared_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX alarms_open ON alarms (dev, kind, key) WHERE cleared_ms IS NULL;
CREATE INDEX alarms_cleared ON alarms (dev, kind, key, cleared_ms);

CREATE TABLE users (
  name TEXT NOT NULL PRIMARY KEY, role TEXT NOT NULL, password TEXT NOT NULL, created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  token TEXT NOT NULL PRIMARY KEY, user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
  began_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user);

-- Who did what, when: signing in, looking at stills and pictures. The same within five minutes is counted.
CREATE TABLE acts (
  window_ms INTEGER NOT NULL, user TEXT NOT NULL, act TEXT NOT NULL, object TEXT NOT NULL,
  first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (window_ms, user, act, object)
) STRICT, WITHOUT ROWID;

CREATE TABLE announced (
  sha256 TEXT NOT NULL, dev TEXT NOT NULL, mime TEXT NOT NULL, bytes INTEGER NOT NULL, at_ms INTEGER NOT NULL,
  PRIMARY KEY (sha256, dev)
) STRICT, WITHOUT ROWID;

CREATE TABLE blobs (
  sha256 TEXT NOT NULL PRIMARY KEY, bytes INTEGER NOT NULL, mime TEXT NOT NULL,
  stored_ms INTEGER NOT NULL, evicted_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX blobs_oldest ON blobs (stored_ms) WHERE evicted_ms IS NULL;

CREATE TABLE pictures (
  dev TEXT NOT NULL, cam TEXT NOT NULL, captured_ms INTEGER NOT NULL, received_ms INTEGER NOT NULL,
  sha256 TEXT NOT NULL, bytes INTEGER NOT NULL,
  PRIMARY KEY (dev, cam)
) STRICT, WITHOUT ROWID;
