-- Which incidents a piece of evidence belongs to: whoever looks at one is told when the bytes have come.

CREATE TABLE evidence_of (
  sha256 TEXT NOT NULL, incident TEXT NOT NULL,
  PRIMARY KEY (sha256, incident)
) STRICT, WITHOUT ROWID;
