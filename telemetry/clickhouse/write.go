package clickhouse

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// Write sends b to every table it has rows for.
func (s *Store) Write(ctx context.Context, b *telemetry.Batch) error {
	spans := 0
	for _, t := range []struct {
		table string
		skip  bool
		fill  func(driver.Batch) error
	}{
		{"llm_payloads", len(b.Rows) == 0, func(d driver.Batch) error {
			return each(b.Rows, func(r *telemetry.Record) error { return payload(d, r) })
		}},
		{"otel_traces", len(b.Rows) == 0, func(d driver.Batch) error {
			return each(b.Rows, func(r *telemetry.Record) error { return trace(d, r, &spans) })
		}},
		{"audit_log", len(b.Audit) == 0, func(d driver.Batch) error {
			for i := range b.Audit {
				if err := auditRow(d, &b.Audit[i]); err != nil {
					return err
				}
			}
			return nil
		}},
		{"llm_requests", len(b.Rows) == 0, func(d driver.Batch) error {
			return each(b.Rows, func(r *telemetry.Record) error { return request(d, r, b.ID) })
		}},
		{"ingest_batches", false, func(d driver.Batch) error { return ledger(d, b, spans) }},
	} {
		if t.skip {
			continue
		}
		if err := s.insert(ctx, t.table, b.ID, t.fill); err != nil {
			return &gateway.Error{Op: "clickhouse.Write", Kind: gateway.Unavailable, Public: "ClickHouse takes no rows for " + t.table + ".", Err: err}
		}
	}
	return nil
}

func each(rs []*telemetry.Record, f func(*telemetry.Record) error) error {
	for _, r := range rs {
		if err := f(r); err != nil {
			return err
		}
	}
	return nil
}

// insert sends one block. The settings do not trust the server's defaults, which differ.
func (s *Store) insert(ctx context.Context, table, id string, fill func(driver.Batch) error) error {
	types, err := s.types(ctx, table)
	if err != nil {
		return err
	}
	ctx = clickhouse.Context(ctx, clickhouse.WithColumnNamesAndTypes(types), clickhouse.WithSettings(clickhouse.Settings{
		"insert_deduplication_token": id + ":" + table, "insert_deduplicate": 1, "async_insert": 0,
		"deduplicate_blocks_in_dependent_materialized_views": 1,
	}))
	d, err := s.conn.PrepareBatch(ctx, "INSERT INTO "+table+" ("+columns[table]+")")
	if err != nil {
		return err
	}
	defer d.Close()
	if err := fill(d); err != nil {
		return err
	}
	if d.Rows() == 0 {
		return d.Abort()
	}
	return d.Send()
}

// types gives the types of the columns that are inserted, asked for once: over HTTP the
// driver would describe the table for each insert.
func (s *Store) types(ctx context.Context, table string) ([]clickhouse.ColumnNameAndType, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ts, ok := s.known[table]; ok {
		return ts, nil
	}
	rows, err := s.conn.Query(ctx, "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = ?", table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[string]string{}
	for rows.Next() {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			return nil, err
		}
		found[name] = kind
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	var out []clickhouse.ColumnNameAndType
	for _, name := range strings.Split(columns[table], ", ") {
		if found[name] == "" {
			return nil, fmt.Errorf("table %s has no column %s", table, name)
		}
		out = append(out, clickhouse.ColumnNameAndType{Name: name, Type: found[name]})
	}
	s.known[table] = out
	return out, nil
}

// columns lists what is inserted, in the order of the Append calls. otel_traces has the
// exporter's 22 columns, no more.
var columns = map[string]string{
	"llm_payloads": "ts, workspace_id, request_id, trace_id, kind, body",
	"otel_traces": "Timestamp, TraceId, SpanId, ParentSpanId, TraceState, SpanName, SpanKind, ServiceName, ResourceAttributes, ScopeName, ScopeVersion, " +
		"SpanAttributes, Duration, StatusCode, StatusMessage, Events.Timestamp, Events.Name, Events.Attributes, Links.TraceId, Links.SpanId, Links.TraceState, Links.Attributes",
	"audit_log": "ts, chain_id, seq, prev_hash, hash, workspace_id, member_id, member, api_key_id, action, resource, resource_id, outcome, status, request_id, trace_id, client, canonical",
	"llm_requests": "ts, request_id, trace_id, span_id, trace_ref, workspace_id, workspace, member_id, member, api_key_id, api_key, node, route, operation, stream, status, outcome, " +
		"error_type, error_message, finish_reason, requested_model, model, provider, virtual_key, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, " +
		"cost_nano_usd, cost_known, saved_nano_usd, price_version, latency_us, ttft_us, upstream_us, gateway_us, cache_status, cache_tier, cache_score, cache_origin_request, " +
		"config, config_version, config_source, route_mode, attempt_count, retry_count, fallback_used, " +
		"attempts.target, attempts.provider, attempts.model, attempts.status, attempts.error_type, attempts.start_us, attempts.latency_us, " +
		"guardrails.id, guardrails.version, guardrails.phase, guardrails.pass, guardrails.action, guardrails.latency_us, " +
		"prompt_id, prompt, prompt_version, prompt_variant, metadata, redacted_values, body_state, record, batch_id",
	"ingest_batches": "ts, batch_id, node, rows, spans, audit_rows, first_seq, last_seq",
}

func payload(d driver.Batch, r *telemetry.Record) error {
	for _, p := range []struct {
		kind string
		body []byte
	}{{"request", r.Request}, {"response", r.Response}} {
		if len(p.body) == 0 {
			continue
		}
		if err := d.Append(r.Time, r.Workspace, r.ID, r.Trace.ID.String(), p.kind, string(p.body)); err != nil {
			return err
		}
	}
	return nil
}

func auditRow(d driver.Batch, a *telemetry.AuditRow) error {
	e, err := a.Event()
	if err != nil {
		return err
	}
	return d.Append(a.Time, a.Chain, a.Seq, string(a.Prev[:]), string(a.Hash[:]), a.Workspace, e.Member, e.MemberName, e.APIKey, e.Action,
		e.Resource, e.ResourceID, e.Outcome, uint16(e.Status), e.RequestID, e.TraceID, e.Client, string(a.Canonical))
}

func ledger(d driver.Batch, b *telemetry.Batch, spans int) error {
	var node string
	var first, last uint64
	at := time.Unix(0, 0).UTC() // of the batch, not of the clock: a repeated block is the same
	if n := len(b.Audit); n > 0 {
		node, first, last, at = b.Audit[0].Chain, b.Audit[0].Seq, b.Audit[n-1].Seq, b.Audit[n-1].Time
	} else if n := len(b.Rows); n > 0 {
		node, at = b.Rows[0].Node, b.Rows[n-1].Time
	}
	return d.Append(at, b.ID, node, uint32(len(b.Rows)), uint32(spans), uint32(len(b.Audit)), first, last)
}
