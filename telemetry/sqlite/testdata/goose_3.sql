CREATE TABLE workspaces (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE TABLE batches (id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE exchanges (
  n         INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL,
  ts        INTEGER NOT NULL, -- microseconds
  id        TEXT    NOT NULL,
  trace     INTEGER NOT NULL,
  status    INTEGER NOT NULL,
  outcome   INTEGER NOT NULL,
  provider  TEXT    NOT NULL,
  model     TEXT    NOT NULL,
  facts     BLOB    NOT NULL,
  bodies    BLOB              -- NULL: none
);
CREATE INDEX exchanges_by_time ON exchanges (workspace, ts);
CREATE INDEX exchanges_by_trace ON exchanges (trace);
CREATE TABLE audit (
  chain_id  TEXT    NOT NULL,
  seq       INTEGER NOT NULL,
  ts        INTEGER NOT NULL,
  workspace TEXT    NOT NULL,
  prev_hash BLOB    NOT NULL,
  hash      BLOB    NOT NULL,
  canonical TEXT    NOT NULL,
  PRIMARY KEY (chain_id, seq)
) WITHOUT ROWID;
-- An audit row is never changed, and deleted only by a retention that was configured.
CREATE TABLE audit_retention (n INTEGER PRIMARY KEY CHECK (n = 1), before INTEGER NOT NULL);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'audit rows are append-only');
END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
WHEN OLD.ts >= COALESCE((SELECT before FROM audit_retention), 0) BEGIN
  SELECT RAISE(ABORT, 'audit rows are append-only');
END;
-- Trace ids that callers send are random: an index of all of them would be written all over by
-- every batch, the more so the more it holds. This one is written where the latest 16384 rows are.
CREATE INDEX exchanges_by_run ON exchanges (n >> 14, trace);
DROP INDEX exchanges_by_trace;
-- The trail of one request, and who did what, are looked up without reading the whole trail.
CREATE INDEX audit_by_request ON audit (json_extract(canonical, '$.request_id'));
CREATE INDEX audit_by_member ON audit (json_extract(canonical, '$.member'));
CREATE INDEX audit_by_member_name ON audit (json_extract(canonical, '$.member_name'));
CREATE TABLE goose_db_version (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  version_id INTEGER NOT NULL,
  is_applied INTEGER NOT NULL,
  tstamp     TIMESTAMP DEFAULT (datetime('now'))
);
INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1), (1, 1), (2, 1), (3, 1);
