-- +goose Up

-- What a listing filters by stands in few combinations: of a member and its API keys, of models and
-- who serves them, of results, of configs and prompts. Each combination has a number in one of four
-- small tables, and a row of exchanges names four numbers. So every filter reads a range of an index,
-- and a row costs four narrow index entries instead of one for each of a dozen filters. The number 0
-- stands for any combination: a table is bounded, and what it does not hold is compared row by row.
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
ALTER TABLE exchanges ADD COLUMN caller INTEGER;
ALTER TABLE exchanges ADD COLUMN target INTEGER;
ALTER TABLE exchanges ADD COLUMN result INTEGER;         -- NULL: a row of an older version whose new columns are not filled yet
ALTER TABLE exchanges ADD COLUMN template INTEGER;       -- NULL: neither a config nor a prompt
ALTER TABLE exchanges ADD COLUMN user TEXT;              -- metadata _user; NULL: none
ALTER TABLE exchanges ADD COLUMN stream INTEGER;         -- 1: the caller asked for a stream
ALTER TABLE exchanges ADD COLUMN chunks INTEGER;         -- of streams
ALTER TABLE exchanges ADD COLUMN longest_gap_us INTEGER; -- between two chunks of a stream
ALTER TABLE exchanges ADD COLUMN max_output INTEGER;     -- the limit of output tokens that the caller asked for; NULL: none
ALTER TABLE exchanges ADD COLUMN temperature REAL;       -- as the caller asked for it; NULL: not given
CREATE INDEX exchanges_by_caller ON exchanges (caller, ts);
CREATE INDEX exchanges_by_target ON exchanges (target, ts);
CREATE INDEX exchanges_by_result ON exchanges (result, ts);
CREATE INDEX exchanges_by_template ON exchanges (template, ts) WHERE template IS NOT NULL;
CREATE INDEX exchanges_by_user ON exchanges (workspace, user, ts) WHERE user IS NOT NULL;
