package sqlite

// migrations are applied in order, once each; PRAGMA user_version counts them. What is here
// is never edited, only added to.
//
// One row holds a whole exchange, its spans packed in facts: a row per span would cost a
// dozen inserts. Beside it stand only the columns that narrow a search in SQL; what else can
// be asked for is matched after unpacking. Workspaces and traces are numbers to keep the two
// indexes, the dearest part of an insert, small: a trace is the first eight bytes of its id.
var migrations = []string{`
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
`, `
-- Trace ids that callers send are random: an index of all of them would be written all over by
-- every batch, the more so the more it holds. This one is written where the latest 16384 rows are.
CREATE INDEX exchanges_by_run ON exchanges (n >> 14, trace);
DROP INDEX exchanges_by_trace;
`}

// ofTrace finds a trace in every run of 16384 rows, by exchanges_by_run.
const ofTrace = `(n >> 14) IN (
  WITH RECURSIVE runs (run) AS (
    SELECT min(n) >> 14 FROM exchanges UNION ALL SELECT run + 1 FROM runs WHERE run < (SELECT max(n) >> 14 FROM exchanges)
  ) SELECT run FROM runs
) AND trace = ?`
