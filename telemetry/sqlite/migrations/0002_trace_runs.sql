-- +goose Up

-- Trace ids that callers send are random. An index over all of them would be written in as many
-- places as a batch has rows. This one is written only where the latest 16384 rows are.
CREATE INDEX exchanges_by_run ON exchanges (n >> 14, trace);
DROP INDEX exchanges_by_trace;
