-- +goose NO TRANSACTION
-- +goose Up

-- The team that the API key of a call belongs to. Rows of older versions have none.
ALTER TABLE llm_requests
  ADD COLUMN IF NOT EXISTS team_id LowCardinality(String) AFTER member,
  ADD COLUMN IF NOT EXISTS team LowCardinality(String) AFTER team_id,
  ADD INDEX IF NOT EXISTS ix_team (team_id, team) TYPE bloom_filter(0.01) GRANULARITY 1;

ALTER TABLE audit_log ADD COLUMN IF NOT EXISTS team_id LowCardinality(String) AFTER member;
