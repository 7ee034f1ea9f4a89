-- +goose NO TRANSACTION
-- +goose Up

-- The tables of telemetry. Every table that is inserted into, and every target of a
-- materialized view, has a deduplication window: a batch that is sent again after a lost
-- answer is dropped by its token, in the rollups too.
--
-- ClickHouse has no transaction around DDL: every statement must be repeatable.

-- As the OpenTelemetry collector's clickhouseexporter creates it, so that a stock collector can
-- write it and Grafana reads it. Only MATERIALIZED columns are ours.
CREATE TABLE IF NOT EXISTS otel_traces (
  Timestamp DateTime64(9) CODEC(Delta, ZSTD(1)),
  TraceId String CODEC(ZSTD(1)),
  SpanId String CODEC(ZSTD(1)),
  ParentSpanId String CODEC(ZSTD(1)),
  TraceState String CODEC(ZSTD(1)),
  SpanName LowCardinality(String) CODEC(ZSTD(1)),
  SpanKind LowCardinality(String) CODEC(ZSTD(1)),
  ServiceName LowCardinality(String) CODEC(ZSTD(1)),
  ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  ScopeName String CODEC(ZSTD(1)),
  ScopeVersion String CODEC(ZSTD(1)),
  SpanAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  Duration UInt64 CODEC(ZSTD(1)),
  StatusCode LowCardinality(String) CODEC(ZSTD(1)),
  StatusMessage String CODEC(ZSTD(1)),
  Events Nested (Timestamp DateTime64(9), Name LowCardinality(String), Attributes Map(LowCardinality(String), String)) CODEC(ZSTD(1)),
  Links Nested (TraceId String, SpanId String, TraceState String, Attributes Map(LowCardinality(String), String)) CODEC(ZSTD(1)),
  RequestId String MATERIALIZED SpanAttributes['sluice.request.id'] CODEC(ZSTD(1)),
  INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX idx_res_attr_key mapKeys(ResourceAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX idx_res_attr_value mapValues(ResourceAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX idx_span_attr_key mapKeys(SpanAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX idx_span_attr_value mapValues(SpanAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX idx_duration Duration TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(Timestamp) ORDER BY (ServiceName, SpanName, toDateTime(Timestamp))
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS otel_traces_trace_id_ts (
  TraceId String CODEC(ZSTD(1)),
  Start DateTime CODEC(Delta, ZSTD(1)),
  End DateTime CODEC(Delta, ZSTD(1)),
  INDEX idx_trace_id TraceId TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(Start) ORDER BY (TraceId, Start)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS otel_traces_trace_id_ts_mv TO otel_traces_trace_id_ts AS
SELECT TraceId, min(Timestamp) AS Start, max(Timestamp) AS End FROM otel_traces WHERE TraceId != '' GROUP BY TraceId;

CREATE TABLE IF NOT EXISTS llm_requests (
  ts DateTime64(6, 'UTC') CODEC(Delta(8), ZSTD(1)),
  request_id String CODEC(ZSTD(1)),
  trace_id String CODEC(ZSTD(1)),
  span_id String CODEC(ZSTD(1)),
  trace_ref String CODEC(ZSTD(1)),
  workspace_id LowCardinality(String),
  workspace LowCardinality(String),
  member_id String CODEC(ZSTD(1)),
  member String CODEC(ZSTD(1)),
  api_key_id LowCardinality(String),
  api_key LowCardinality(String),
  node LowCardinality(String),
  route LowCardinality(String),
  operation LowCardinality(String),
  stream Bool,
  status UInt16,
  outcome LowCardinality(String),
  error_type LowCardinality(String),
  error_message String CODEC(ZSTD(1)),
  finish_reason LowCardinality(String),
  requested_model LowCardinality(String),
  model LowCardinality(String),
  provider LowCardinality(String),
  virtual_key LowCardinality(String),
  input_tokens UInt32 CODEC(T64, ZSTD(1)),
  output_tokens UInt32 CODEC(T64, ZSTD(1)),
  cache_read_tokens UInt32 CODEC(T64, ZSTD(1)),
  cache_write_tokens UInt32 CODEC(T64, ZSTD(1)),
  reasoning_tokens UInt32 CODEC(T64, ZSTD(1)),
  cost_nano_usd Int64 CODEC(T64, ZSTD(1)),
  cost_known Bool,
  saved_nano_usd Int64 CODEC(T64, ZSTD(1)),
  price_version LowCardinality(String),
  latency_us UInt64 CODEC(T64, ZSTD(1)),
  ttft_us Nullable(UInt64) CODEC(ZSTD(1)),
  upstream_us UInt64 CODEC(T64, ZSTD(1)),
  gateway_us UInt64 CODEC(T64, ZSTD(1)),
  cache_status LowCardinality(String),
  cache_tier LowCardinality(String),
  cache_score Float32,
  cache_origin_request String CODEC(ZSTD(1)),
  config LowCardinality(String),
  config_version UInt32,
  config_source LowCardinality(String),
  route_mode LowCardinality(String),
  attempt_count UInt8,
  retry_count UInt8,
  fallback_used Bool,
  attempts Nested (target String, provider LowCardinality(String), model LowCardinality(String), status UInt16,
                   error_type LowCardinality(String), start_us UInt64, latency_us UInt64) CODEC(ZSTD(1)),
  guardrails Nested (id LowCardinality(String), version String, phase LowCardinality(String), pass Bool,
                     action LowCardinality(String), latency_us UInt64) CODEC(ZSTD(1)),
  prompt_id LowCardinality(String),
  prompt LowCardinality(String),
  prompt_version UInt32,
  prompt_variant LowCardinality(String),
  metadata Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  redacted_values UInt32,
  body_state LowCardinality(String),
  record String CODEC(ZSTD(3)),
  batch_id String CODEC(ZSTD(1)),
  INDEX ix_request request_id TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX ix_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX ix_member member_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX ix_meta_key mapKeys(metadata) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX ix_meta_value mapValues(metadata) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX ix_latency latency_us TYPE minmax GRANULARITY 1,
  INDEX ix_cost cost_nano_usd TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(ts) ORDER BY (workspace_id, ts, request_id)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS llm_payloads (
  ts DateTime64(6, 'UTC') CODEC(Delta(8), ZSTD(1)),
  workspace_id LowCardinality(String),
  request_id String CODEC(ZSTD(1)),
  trace_id String CODEC(ZSTD(1)),
  kind Enum8('request' = 1, 'response' = 2),
  body String CODEC(ZSTD(3)),
  INDEX ix_request request_id TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX ix_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(ts) ORDER BY (workspace_id, toStartOfHour(ts), request_id, kind)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS llm_1m (
  bucket DateTime('UTC'),
  workspace_id LowCardinality(String), member_id String, api_key_id LowCardinality(String),
  provider LowCardinality(String), model LowCardinality(String), outcome LowCardinality(String), cache_status LowCardinality(String),
  requests SimpleAggregateFunction(sum, UInt64),
  unknown_cost SimpleAggregateFunction(sum, UInt64),
  fallbacks SimpleAggregateFunction(sum, UInt64),
  input_tokens SimpleAggregateFunction(sum, UInt64),
  output_tokens SimpleAggregateFunction(sum, UInt64),
  cost_nano_usd SimpleAggregateFunction(sum, Int64),
  saved_nano_usd SimpleAggregateFunction(sum, Int64),
  latency AggregateFunction(quantilesTDigest(0.5, 0.9, 0.95, 0.99), Float64),
  ttft AggregateFunction(quantilesTDigest(0.5, 0.9, 0.95, 0.99), Nullable(Float64))
) ENGINE = AggregatingMergeTree PARTITION BY toYYYYMM(bucket)
ORDER BY (workspace_id, bucket, provider, model, member_id, api_key_id, outcome, cache_status)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS llm_1m_mv TO llm_1m AS
SELECT toStartOfMinute(ts) AS bucket, workspace_id, member_id, api_key_id, provider, if(model = '', requested_model, model) AS model, outcome, cache_status,
  count() AS requests, countIf(NOT cost_known) AS unknown_cost, countIf(fallback_used) AS fallbacks,
  sum(toUInt64(input_tokens)) AS input_tokens, sum(toUInt64(output_tokens)) AS output_tokens,
  sum(cost_nano_usd) AS cost_nano_usd, sum(saved_nano_usd) AS saved_nano_usd,
  quantilesTDigestState(0.5, 0.9, 0.95, 0.99)(toFloat64(latency_us) / 1e6) AS latency,
  quantilesTDigestState(0.5, 0.9, 0.95, 0.99)(toFloat64(ttft_us) / 1e6) AS ttft
FROM llm_requests GROUP BY bucket, workspace_id, member_id, api_key_id, provider, model, outcome, cache_status;

-- Append-only by grant: give the gateway INSERT and SELECT on it, and nobody else anything.
CREATE TABLE IF NOT EXISTS audit_log (
  ts DateTime64(6, 'UTC') CODEC(Delta(8), ZSTD(1)),
  chain_id LowCardinality(String),
  seq UInt64 CODEC(Delta(8), ZSTD(1)),
  prev_hash FixedString(32),
  hash FixedString(32),
  workspace_id LowCardinality(String),
  member_id String CODEC(ZSTD(1)),
  member String CODEC(ZSTD(1)),
  api_key_id LowCardinality(String),
  action LowCardinality(String),
  resource LowCardinality(String),
  resource_id String CODEC(ZSTD(1)),
  outcome LowCardinality(String),
  status UInt16,
  request_id String CODEC(ZSTD(1)),
  trace_id String CODEC(ZSTD(1)),
  client String CODEC(ZSTD(1)),
  canonical String CODEC(ZSTD(3)),
  INDEX ix_request request_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX ix_ts ts TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toYYYYMM(ts) ORDER BY (chain_id, seq)
SETTINGS non_replicated_deduplication_window = 10000;

-- The ledger of batches: what was sent, to be compared with what is there.
CREATE TABLE IF NOT EXISTS ingest_batches (
  ts DateTime64(6, 'UTC'), batch_id String, node LowCardinality(String),
  rows UInt32, spans UInt32, audit_rows UInt32, first_seq UInt64, last_seq UInt64
) ENGINE = ReplacingMergeTree PARTITION BY toYYYYMM(ts) ORDER BY (node, first_seq, batch_id)
SETTINGS non_replicated_deduplication_window = 10000;
