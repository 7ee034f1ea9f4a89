-- +goose Up

-- Bodies have a table of their own, so that what reads rows does not pass over them. Rows of older
-- versions have theirs in exchanges.bodies until they are moved, in the background.
CREATE TABLE bodies (
  n      INTEGER PRIMARY KEY, -- as in exchanges
  packed BLOB    NOT NULL     -- and compressed
);
-- +goose StatementBegin
CREATE TRIGGER exchanges_bodies AFTER DELETE ON exchanges BEGIN
  DELETE FROM bodies WHERE n = OLD.n;
END;
-- +goose StatementEnd

-- What graphs, groups and facets are made of stands in the index by time, so that they read nothing else.
ALTER TABLE exchanges ADD COLUMN session TEXT;       -- NULL: none
ALTER TABLE exchanges ADD COLUMN latency_us INTEGER; -- NULL: a row of an older version whose new columns are not filled yet
ALTER TABLE exchanges ADD COLUMN ttft_us INTEGER;    -- NULL: no stream, or nothing came
ALTER TABLE exchanges ADD COLUMN saved_nano INTEGER; -- nano-USD
ALTER TABLE exchanges ADD COLUMN rescued INTEGER;    -- n: the nth retry succeeded; -1: a fallback did; 0: neither
ALTER TABLE exchanges ADD COLUMN verdict INTEGER;    -- the strongest of the guardrails: 0 none, 1 allow, 2 flag, 3 redact, 4 deny
DROP INDEX exchanges_by_time;
CREATE INDEX exchanges_by_time ON exchanges (workspace, ts, caller, target, team, result, template, user, outcome,
  input_tokens, output_tokens, cost_nano, price_nano, saved_nano, latency_us, ttft_us, rescued, verdict);
CREATE INDEX exchanges_by_session ON exchanges (workspace, session, ts) WHERE session IS NOT NULL;
CREATE INDEX exchanges_by_verdict ON exchanges (workspace, verdict, ts) WHERE verdict > 1;
CREATE INDEX exchanges_unclassified ON exchanges (latency_us) WHERE latency_us IS NULL;
