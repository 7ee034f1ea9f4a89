-- +goose NO TRANSACTION
-- +goose Up

-- Arms of experiments are a filter of a listing, too.
ALTER TABLE llm_requests ADD INDEX IF NOT EXISTS ix_variant prompt_variant TYPE bloom_filter(0.01) GRANULARITY 1;

ALTER TABLE llm_requests MATERIALIZE INDEX ix_variant;
