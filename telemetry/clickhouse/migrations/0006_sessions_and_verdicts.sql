-- +goose NO TRANSACTION
-- +goose Up

-- The session of a call, and the strongest verdict of its guardrails. Rows of older versions have no session.
ALTER TABLE llm_requests
  ADD COLUMN IF NOT EXISTS session_id String CODEC(ZSTD(1)) AFTER trace_ref,
  ADD COLUMN IF NOT EXISTS verdict LowCardinality(String) DEFAULT multiIf(has(guardrails.action, 'deny'), 'deny', has(guardrails.action, 'redact'), 'redact',
    has(guardrails.action, 'flag'), 'flag', notEmpty(guardrails.action), 'allow', 'none') AFTER fallback_used,
  ADD INDEX IF NOT EXISTS ix_session session_id TYPE bloom_filter(0.01) GRANULARITY 1,
  ADD INDEX IF NOT EXISTS ix_verdict verdict TYPE set(8) GRANULARITY 1;

ALTER TABLE llm_requests MATERIALIZE INDEX ix_verdict;
