-- +goose Up

-- The team of a call, as a combination of its own: most calls have none. What calls used is summed
-- up from the index by time alone, which holds the columns that a sum needs. Rows of older versions
-- have NULL in input_tokens; their facts are read.
CREATE TABLE teams (
  n         INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL,
  team      TEXT    NOT NULL,
  team_name TEXT    NOT NULL,
  UNIQUE (workspace, team, team_name)
);
ALTER TABLE exchanges ADD COLUMN team INTEGER;          -- NULL: none
ALTER TABLE exchanges ADD COLUMN input_tokens INTEGER;
ALTER TABLE exchanges ADD COLUMN output_tokens INTEGER;
ALTER TABLE exchanges ADD COLUMN cost_nano INTEGER;     -- nano-USD, NULL: not known
ALTER TABLE exchanges ADD COLUMN price_nano INTEGER;    -- what the caller pays, in the same way
CREATE INDEX exchanges_by_team ON exchanges (team, ts) WHERE team IS NOT NULL;
DROP INDEX exchanges_by_time;
CREATE INDEX exchanges_by_time ON exchanges (workspace, ts, caller, target, team, outcome, input_tokens, output_tokens, cost_nano, price_nano);
