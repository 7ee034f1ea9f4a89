-- +goose NO TRANSACTION
-- +goose Up

-- Spans that other programs reported. Their times are the reporter's and can be anything, so the
-- partitions and the retention follow the time of receipt.
CREATE TABLE IF NOT EXISTS foreign_spans (
  received DateTime64(6, 'UTC') CODEC(Delta(8), ZSTD(1)),
  workspace_id LowCardinality(String),
  member_id String CODEC(ZSTD(1)),
  api_key_id LowCardinality(String),
  Timestamp DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
  TraceId String CODEC(ZSTD(1)),
  SpanId String CODEC(ZSTD(1)),
  ParentSpanId String CODEC(ZSTD(1)),
  TraceState String CODEC(ZSTD(1)),
  SpanName String CODEC(ZSTD(1)),
  SpanKind LowCardinality(String),
  ServiceName String CODEC(ZSTD(1)),
  ScopeName String CODEC(ZSTD(1)),
  ScopeVersion String CODEC(ZSTD(1)),
  Duration UInt64 CODEC(T64, ZSTD(1)),
  StatusCode LowCardinality(String),
  StatusMessage String CODEC(ZSTD(1)),
  model String CODEC(ZSTD(1)),
  input_tokens Nullable(Int64) CODEC(ZSTD(1)),
  output_tokens Nullable(Int64) CODEC(ZSTD(1)),
  attributes String CODEC(ZSTD(3)),
  resource String CODEC(ZSTD(3)),
  scope String CODEC(ZSTD(3)),
  events String CODEC(ZSTD(3)),
  links String CODEC(ZSTD(3)),
  dropped UInt32 CODEC(T64, ZSTD(1)),
  INDEX ix_trace TraceId TYPE bloom_filter(0.001) GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(received) ORDER BY (workspace_id, TraceId, received)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;
