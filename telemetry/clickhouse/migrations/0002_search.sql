-- +goose NO TRANSACTION
-- +goose Up

-- Numbers that people filter and aggregate by. Rows of older versions have 0 or NULL.
ALTER TABLE llm_requests
  ADD COLUMN IF NOT EXISTS chunks UInt32 CODEC(T64, ZSTD(1)) AFTER gateway_us,
  ADD COLUMN IF NOT EXISTS longest_gap_us UInt64 CODEC(T64, ZSTD(1)) AFTER chunks,
  ADD COLUMN IF NOT EXISTS max_output Nullable(UInt32) CODEC(ZSTD(1)) AFTER longest_gap_us,
  ADD COLUMN IF NOT EXISTS temperature Nullable(Float64) CODEC(ZSTD(1)) AFTER max_output;

-- A skip index for each filter of a listing. The rows are in the order of a listing within their
-- workspace, so a granule without the wanted value is passed over. Two columns that one filter
-- compares share an index: ClickHouse cannot combine two indexes by OR.
ALTER TABLE llm_requests
  ADD INDEX IF NOT EXISTS ix_caller (member_id, member) TYPE bloom_filter(0.01) GRANULARITY 1,
  ADD INDEX IF NOT EXISTS ix_api_key (api_key_id, api_key) TYPE bloom_filter(0.01) GRANULARITY 1,
  ADD INDEX IF NOT EXISTS ix_model (requested_model, model) TYPE bloom_filter(0.01) GRANULARITY 1,
  ADD INDEX IF NOT EXISTS ix_prompt (prompt_id, prompt) TYPE bloom_filter(0.01) GRANULARITY 1,
  ADD INDEX IF NOT EXISTS ix_provider provider TYPE set(64) GRANULARITY 1,
  ADD INDEX IF NOT EXISTS ix_virtual_key virtual_key TYPE bloom_filter(0.01) GRANULARITY 1,
  ADD INDEX IF NOT EXISTS ix_config config TYPE bloom_filter(0.01) GRANULARITY 1,
  ADD INDEX IF NOT EXISTS ix_status status TYPE set(64) GRANULARITY 1,
  ADD INDEX IF NOT EXISTS ix_outcome outcome TYPE set(16) GRANULARITY 1,
  ADD INDEX IF NOT EXISTS ix_cache cache_status TYPE set(16) GRANULARITY 1;

-- For the rows that are there, in the background.
ALTER TABLE llm_requests
  MATERIALIZE INDEX ix_caller, MATERIALIZE INDEX ix_api_key, MATERIALIZE INDEX ix_model, MATERIALIZE INDEX ix_prompt, MATERIALIZE INDEX ix_provider,
  MATERIALIZE INDEX ix_virtual_key, MATERIALIZE INDEX ix_config, MATERIALIZE INDEX ix_status, MATERIALIZE INDEX ix_outcome, MATERIALIZE INDEX ix_cache;
