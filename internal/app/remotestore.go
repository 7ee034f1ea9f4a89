package app

import (
	"context"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/clickhouse"
	"github.com/sluicegate/sluice/telemetry/foreignspan"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// remoteStore opens the ClickHouse store at first use and retries until the server answers.
// Until then every call fails as Unavailable. A gateway must start while its telemetry store is
// down; the spool keeps the rows meanwhile.
type remoteStore struct {
	dsn gateway.Secret

	mu    sync.Mutex
	store *clickhouse.Store
	err   error
	retry time.Time
}

var _ telemetry.Store = (*remoteStore)(nil)

// retryDelay is the pause after a failed connection.
const retryDelay = 2 * time.Second

func newRemoteStore(dsn gateway.Secret) *remoteStore { return &remoteStore{dsn: dsn} }

func (r *remoteStore) open(ctx context.Context) (*clickhouse.Store, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.store != nil {
		return r.store, nil
	}
	if now := time.Now(); now.After(r.retry) {
		ctx, cancel := context.WithTimeout(ctx, 30*time.Second) // includes migrations
		defer cancel()
		r.store, r.err = clickhouse.Open(ctx, r.dsn.Reveal())
		r.retry = time.Now().Add(retryDelay)
	}
	return r.store, r.err
}

func (r *remoteStore) Write(ctx context.Context, b *telemetry.Batch) error {
	s, err := r.open(ctx)
	if err != nil {
		return err
	}
	return s.Write(ctx, b)
}

func (r *remoteStore) Head(ctx context.Context, chain string) (audit.Head, error) {
	s, err := r.open(ctx)
	if err != nil {
		return audit.Head{}, err
	}
	return s.Head(ctx, chain)
}

func (r *remoteStore) Logs(ctx context.Context, q telemetry.Query) (telemetry.Page, error) {
	s, err := r.open(ctx)
	if err != nil {
		return telemetry.Page{}, err
	}
	return s.Logs(ctx, q)
}

func (r *remoteStore) Usage(ctx context.Context, q telemetry.UsageQuery) ([]telemetry.UsageRow, error) {
	s, err := r.open(ctx)
	if err != nil {
		return nil, err
	}
	return s.Usage(ctx, q)
}

func (r *remoteStore) Analytics(ctx context.Context, q telemetry.AnalyticsQuery) ([]telemetry.AnalyticsRow, error) {
	s, err := r.open(ctx)
	if err != nil {
		return nil, err
	}
	return s.Analytics(ctx, q)
}

func (r *remoteStore) Facets(ctx context.Context, q telemetry.FacetQuery) (telemetry.Facets, error) {
	s, err := r.open(ctx)
	if err != nil {
		return telemetry.Facets{}, err
	}
	return s.Facets(ctx, q)
}

func (r *remoteStore) OfTraces(ctx context.Context, q telemetry.Query, traces []gateway.TraceID, ids []string, each func(*telemetry.Record) error) error {
	s, err := r.open(ctx)
	if err != nil {
		return err
	}
	return s.OfTraces(ctx, q, traces, ids, each)
}

func (r *remoteStore) Sessions(ctx context.Context, q telemetry.Query) (telemetry.SessionPage, error) {
	s, err := r.open(ctx)
	if err != nil {
		return telemetry.SessionPage{}, err
	}
	return s.Sessions(ctx, q)
}

func (r *remoteStore) Log(ctx context.Context, scope listing.Scope, id string) ([]*telemetry.Record, error) {
	s, err := r.open(ctx)
	if err != nil {
		return nil, err
	}
	return s.Log(ctx, scope, id)
}

func (r *remoteStore) ForeignTrace(ctx context.Context, scope listing.Scope, trace gateway.TraceID) (foreignspan.Trace, error) {
	s, err := r.open(ctx)
	if err != nil {
		return foreignspan.Trace{}, err
	}
	return s.ForeignTrace(ctx, scope, trace)
}

func (r *remoteStore) AuditLogs(ctx context.Context, q audit.Query) (audit.Page, error) {
	s, err := r.open(ctx)
	if err != nil {
		return audit.Page{}, err
	}
	return s.AuditLogs(ctx, q)
}

func (r *remoteStore) Prune(ctx context.Context, rows, audit time.Time) (int64, error) {
	s, err := r.open(ctx)
	if err != nil {
		return 0, err
	}
	return s.Prune(ctx, rows, audit)
}

func (r *remoteStore) Chains(ctx context.Context) ([]string, error) {
	s, err := r.open(ctx)
	if err != nil {
		return nil, err
	}
	return s.Chains(ctx)
}

func (r *remoteStore) Chain(ctx context.Context, chain string, after uint64, limit int) ([]audit.Row, error) {
	s, err := r.open(ctx)
	if err != nil {
		return nil, err
	}
	return s.Chain(ctx, chain, after, limit)
}

// Close closes the connection, if there is one.
func (r *remoteStore) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.store == nil {
		return nil
	}
	return r.store.Close()
}
