-- +goose NO TRANSACTION
-- +goose Up

-- What the caller pays, beside what the vendor bills. In rows of older versions both are the same.
ALTER TABLE llm_requests
  ADD COLUMN IF NOT EXISTS cost_state LowCardinality(String) DEFAULT if(cost_known, 'known', 'unknown') AFTER price_version,
  ADD COLUMN IF NOT EXISTS price_nano_usd Int64 DEFAULT cost_nano_usd CODEC(T64, ZSTD(1)) AFTER cost_state,
  ADD COLUMN IF NOT EXISTS price_known Bool DEFAULT cost_known AFTER price_nano_usd,
  ADD COLUMN IF NOT EXISTS price_rule LowCardinality(String) AFTER price_known;
