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
	"github.com/sluicegate/sluice/telemetry/audit"
)

// Write inserts b into every table that it has rows for. A row that one table refuses for good is
// left out of the tables that follow, and returned in a telemetry.Refused.
func (s *Store) Write(ctx context.Context, b *telemetry.Batch) error {
	w := writing{ctx: ctx, store: s, id: b.ID}
	rows := send(&w, "llm_payloads", b.Rows, payload)
	before := w.sent
	rows = send(&w, "otel_traces", rows, trace)
	spans := w.sent - before
	events := send(&w, "audit_log", b.Audit, auditRow)
	rows = send(&w, "llm_requests", rows, func(d driver.Batch, r *telemetry.Record) error { return request(d, r, b.ID) })
	foreign := send(&w, foreignTable, b.Foreign, foreignRow)
	if kept := (&telemetry.Batch{ID: b.ID, Rows: rows, Audit: events}); len(rows)+len(events) > 0 {
		send(&w, "ingest_batches", []*telemetry.Batch{kept}, func(d driver.Batch, b *telemetry.Batch) error { return ledger(d, b, spans) })
	}
	if w.err != nil {
		return &gateway.Error{Op: "clickhouse.Write", Kind: gateway.Unavailable, Public: "ClickHouse takes no rows for " + w.table + ".", Err: w.err}
	}
	if w.why == nil {
		return nil
	}
	return &telemetry.Refused{Rows: without(b.Rows, rows, func(r *telemetry.Record) string { return r.ID }),
		Audit:   without(b.Audit, events, func(a audit.Row) string { return a.PositionID() }),
		Foreign: without(b.Foreign, foreign, foreignID), Err: w.why}
}

// writing is the state of one call of Write.
type writing struct {
	ctx   context.Context
	store *Store
	id    string
	sent  int    // rows inserted into all tables
	table string // where err occurred
	err   error  // ends the call
	why   error  // why the first row was refused for good
}

// send inserts list into table and returns the elements that were taken.
func send[T any](w *writing, table string, list []T, add func(driver.Batch, T) error) []T {
	return insertHalving(w, table, w.id+":"+table, list, add)
}

// insertHalving inserts list as one block. A block that is refused for good is cut in halves until
// the rows at fault stand alone. The tokens of the halves follow from that of the whole, so that a
// repeated batch is deduplicated in the same way.
func insertHalving[T any](w *writing, table, token string, list []T, add func(driver.Batch, T) error) []T {
	if len(list) == 0 || w.err != nil {
		return nil
	}
	n, err := w.store.insert(w.ctx, table, token, func(d driver.Batch) error {
		for _, v := range list {
			if err := add(d, v); err != nil {
				return &unencodable{err}
			}
		}
		return nil
	})
	switch {
	case err == nil:
		w.sent += n
		return list
	case !blamesRows(err):
		w.table, w.err = table, err
		return nil
	case len(list) == 1:
		if w.why == nil {
			w.why = err
		}
		return nil
	}
	mid := len(list) / 2
	first := insertHalving(w, table, token+".0", list[:mid], add)
	return append(first[:len(first):len(first)], insertHalving(w, table, token+".1", list[mid:], add)...)
}

// without lists the elements of all that are not in some.
func without[T any](all, some []T, id func(T) string) []T {
	if len(all) == len(some) {
		return nil
	}
	present := make(map[string]bool, len(some))
	for _, v := range some {
		present[id(v)] = true
	}
	var out []T
	for _, v := range all {
		if !present[id(v)] {
			out = append(out, v)
		}
	}
	return out
}

// insert sends one block and returns its number of rows. It sets what deduplication depends on,
// because the defaults differ between server versions.
func (s *Store) insert(ctx context.Context, table, token string, fill func(driver.Batch) error) (int, error) {
	types, err := s.types(ctx, table)
	if err != nil {
		return 0, err
	}
	ctx = clickhouse.Context(ctx, clickhouse.WithColumnNamesAndTypes(types), clickhouse.WithSettings(clickhouse.Settings{
		"insert_deduplication_token": token, "insert_deduplicate": 1, "async_insert": 0,
		"deduplicate_blocks_in_dependent_materialized_views": 1,
	}))
	d, err := s.conn.PrepareBatch(ctx, "INSERT INTO "+table+" ("+columns[table]+")")
	if err != nil {
		return 0, err
	}
	defer d.Close()
	if err := fill(d); err != nil {
		return 0, err
	}
	if d.Rows() == 0 {
		return 0, d.Abort()
	}
	return d.Rows(), d.Send()
}

// types returns the types of the columns that are inserted into table. It asks once: over HTTP the
// driver would describe the table for each insert.
func (s *Store) types(ctx context.Context, table string) ([]clickhouse.ColumnNameAndType, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ts, ok := s.columnTypes[table]; ok {
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
	s.columnTypes[table] = out
	return out, nil
}

// columns lists the inserted columns in the order of the Append calls. Those of otel_traces are the
// 22 columns of the OpenTelemetry exporter.
var columns = map[string]string{
	"llm_payloads": "ts, workspace_id, request_id, trace_id, kind, body",
	"otel_traces": "Timestamp, TraceId, SpanId, ParentSpanId, TraceState, SpanName, SpanKind, ServiceName, ResourceAttributes, ScopeName, ScopeVersion, " +
		"SpanAttributes, Duration, StatusCode, StatusMessage, Events.Timestamp, Events.Name, Events.Attributes, Links.TraceId, Links.SpanId, Links.TraceState, Links.Attributes",
	"audit_log": "ts, chain_id, seq, prev_hash, hash, workspace_id, member_id, member, team_id, api_key_id, action, resource, resource_id, outcome, status, request_id, trace_id, client, canonical",
	"llm_requests": "ts, request_id, trace_id, span_id, trace_ref, session_id, workspace_id, workspace, member_id, member, team_id, team, api_key_id, api_key, node, route, operation, stream, status, outcome, " +
		"error_type, error_message, finish_reason, requested_model, model, provider, virtual_key, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, " +
		"cost_nano_usd, cost_known, saved_nano_usd, price_version, cost_state, price_nano_usd, price_known, price_rule, latency_us, ttft_us, upstream_us, gateway_us, chunks, longest_gap_us, max_output, temperature, cache_status, cache_tier, cache_score, cache_origin_request, " +
		"config, config_version, config_source, route_mode, attempt_count, retry_count, fallback_used, verdict, " +
		"attempts.target, attempts.provider, attempts.model, attempts.status, attempts.error_type, attempts.start_us, attempts.latency_us, " +
		"guardrails.id, guardrails.version, guardrails.phase, guardrails.pass, guardrails.action, guardrails.latency_us, " +
		"prompt_id, prompt, prompt_version, prompt_variant, metadata, redacted_values, body_state, record, batch_id",
	foreignTable:     foreignColumns,
	"ingest_batches": "ts, batch_id, node, rows, spans, audit_rows, first_seq, last_seq",
}

// payload appends one row per body.
func payload(d driver.Batch, r *telemetry.Record) error {
	for _, p := range []struct {
		kind string
		body []byte
	}{{"request", r.Request}, {"response", r.Response}, {"upstream_request", r.Sent}} {
		if len(p.body) == 0 {
			continue
		}
		if err := d.Append(r.Time, r.Workspace, r.ID, r.Trace.ID.String(), p.kind, string(p.body)); err != nil {
			return err
		}
	}
	return nil
}

func auditRow(d driver.Batch, a audit.Row) error {
	e, err := a.Event()
	if err != nil {
		return err
	}
	return d.Append(a.Time, a.Chain, a.Seq, string(a.Prev[:]), string(a.Hash[:]), a.Workspace, e.Member, e.MemberName, e.Team, e.APIKey, e.Action,
		e.Resource, e.ResourceID, e.Outcome, uint16(e.Status), e.RequestID, e.TraceID, e.Client, string(a.Canonical))
}

// ledger appends the row of a batch.
func ledger(d driver.Batch, b *telemetry.Batch, spans int) error {
	var node string
	var first, last uint64
	at := time.Unix(0, 0).UTC() // of the batch, not of the clock: a repeated block must be the same
	if n := len(b.Audit); n > 0 {
		node, first, last, at = b.Audit[0].Chain, b.Audit[0].Seq, b.Audit[n-1].Seq, b.Audit[n-1].Time
	} else if n := len(b.Rows); n > 0 {
		node, at = b.Rows[0].Node, b.Rows[n-1].Time
	}
	return d.Append(at, b.ID, node, uint32(len(b.Rows)), uint32(spans), uint32(len(b.Audit)), first, last)
}
