-- The tables of a file that migration 7 was the last of.
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
, caller INTEGER, target INTEGER, result INTEGER, template INTEGER, user TEXT, stream INTEGER, chunks INTEGER, longest_gap_us INTEGER, max_output INTEGER, temperature REAL, team INTEGER, input_tokens INTEGER, output_tokens INTEGER, cost_nano INTEGER, price_nano INTEGER);
CREATE TABLE audit (
  chain_id  TEXT    NOT NULL,
  seq       INTEGER NOT NULL,
  ts        INTEGER NOT NULL,
  workspace TEXT    NOT NULL,
  prev_hash BLOB    NOT NULL,
  hash      BLOB    NOT NULL,
  canonical TEXT    NOT NULL, request_id TEXT, caller INTEGER,
  PRIMARY KEY (chain_id, seq)
) WITHOUT ROWID;
CREATE TABLE audit_retention (n INTEGER PRIMARY KEY CHECK (n = 1), before INTEGER NOT NULL);
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
WHEN OLD.ts >= COALESCE((SELECT before FROM audit_retention), 0) BEGIN
  SELECT RAISE(ABORT, 'audit rows are append-only');
END;
CREATE INDEX exchanges_by_run ON exchanges (n >> 14, trace);
CREATE TABLE callers (
  n            INTEGER PRIMARY KEY,
  workspace    INTEGER NOT NULL,
  member       TEXT    NOT NULL,
  member_name  TEXT    NOT NULL,
  api_key      TEXT    NOT NULL,
  api_key_name TEXT    NOT NULL,
  UNIQUE (workspace, member, member_name, api_key, api_key_name)
);
CREATE TABLE targets (
  n           INTEGER PRIMARY KEY,
  workspace   INTEGER NOT NULL,
  model       TEXT    NOT NULL, -- as the caller asked for it
  served      TEXT    NOT NULL, -- as the answer names it
  provider    TEXT    NOT NULL,
  virtual_key TEXT    NOT NULL,
  UNIQUE (workspace, model, served, provider, virtual_key)
);
CREATE TABLE results (
  n         INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL,
  status    INTEGER NOT NULL,
  outcome   TEXT    NOT NULL,
  cache     TEXT    NOT NULL,
  UNIQUE (workspace, status, outcome, cache)
);
CREATE TABLE templates (
  n         INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL,
  config    TEXT    NOT NULL, -- slug
  prompt_id TEXT    NOT NULL,
  prompt    TEXT    NOT NULL, -- slug
  UNIQUE (workspace, config, prompt_id, prompt)
);
CREATE INDEX exchanges_by_caller ON exchanges (caller, ts);
CREATE INDEX exchanges_by_target ON exchanges (target, ts);
CREATE INDEX exchanges_by_result ON exchanges (result, ts);
CREATE INDEX exchanges_by_template ON exchanges (template, ts) WHERE template IS NOT NULL;
CREATE INDEX exchanges_by_user ON exchanges (workspace, user, ts) WHERE user IS NOT NULL;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'audit rows are append-only');
END;
CREATE INDEX audit_by_request_id ON audit (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX audit_by_caller ON audit (caller);
CREATE TABLE foreign_spans (
  n         INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL,
  trace     INTEGER NOT NULL, -- the first eight bytes of the id
  received  INTEGER NOT NULL, -- microseconds
  span      BLOB    NOT NULL  -- packed and compressed
);
CREATE INDEX foreign_spans_by_trace ON foreign_spans (trace, workspace);
CREATE INDEX foreign_spans_by_receipt ON foreign_spans (received);
CREATE TABLE teams (
  n         INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL,
  team      TEXT    NOT NULL,
  team_name TEXT    NOT NULL,
  UNIQUE (workspace, team, team_name)
);
CREATE INDEX exchanges_by_team ON exchanges (team, ts) WHERE team IS NOT NULL;
CREATE INDEX exchanges_by_time ON exchanges (workspace, ts, caller, target, team, outcome, input_tokens, output_tokens, cost_nano, price_nano);
CREATE TABLE goose_db_version (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  version_id INTEGER NOT NULL,
  is_applied INTEGER NOT NULL,
  tstamp     TIMESTAMP DEFAULT (datetime('now'))
);
INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1), (1, 1), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1), (7, 1);
