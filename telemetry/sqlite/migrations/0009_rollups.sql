-- +goose Up

-- Sums over the exchanges of buckets of time, by the values of one column, packed. A bucket has rows
-- here only while they agree with its exchanges: what is written into it later, or deleted from it,
-- deletes them in the same transaction. Buckets without are summed up from exchanges, and in the
-- background.
CREATE TABLE rollups (
  workspace INTEGER NOT NULL,
  length    INTEGER NOT NULL, -- microseconds
  start     INTEGER NOT NULL, -- microseconds, a multiple of length
  part      TEXT    NOT NULL, -- the column of exchanges
  sums      BLOB    NOT NULL,
  times     BLOB    NOT NULL,
  users     BLOB    NOT NULL,
  names     BLOB    NOT NULL
);
CREATE UNIQUE INDEX rollups_by_start ON rollups (workspace, length, start, part);
