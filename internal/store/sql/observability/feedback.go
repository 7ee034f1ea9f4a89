package observability

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/telemetry/feedback"
)

type feedbackRow struct {
	bun.BaseModel `bun:"table:feedback"`

	ID        string `bun:"id,pk"`
	Workspace string `bun:"workspace_id"`
	Member    string `bun:"member_id"`
	APIKey    string `bun:"api_key_id"`
	Trace     string `bun:"trace"`
	TraceRef  string `bun:"trace_ref"`
	Value     int64  `bun:"value"`
	Weight    int64  `bun:"weight_micro"`
	Metadata  string `bun:"metadata"`
	CreatedAt int64  `bun:"created_at"`
	UpdatedAt int64  `bun:"updated_at"`
}

func feedbackRowOf(f feedback.Feedback, trace string) feedbackRow {
	return feedbackRow{ID: f.ID, Workspace: f.Workspace, Member: f.Member, APIKey: f.APIKey, Trace: trace, TraceRef: f.Trace, Value: int64(f.Value),
		Weight: int64(math.Round(f.Weight * 1e6)), Metadata: db.JSON(f.Metadata), CreatedAt: db.Nanos(f.CreatedAt), UpdatedAt: db.Nanos(f.UpdatedAt)}
}

func (r *feedbackRow) feedback() (feedback.Feedback, error) {
	f := feedback.Feedback{ID: r.ID, Workspace: r.Workspace, Member: r.Member, APIKey: r.APIKey, Trace: r.TraceRef, Value: int(r.Value),
		Weight: float64(r.Weight) / 1e6, CreatedAt: db.Time(r.CreatedAt), UpdatedAt: db.Time(r.UpdatedAt)}
	err := json.Unmarshal([]byte(r.Metadata), &f.Metadata)
	return f, err
}

// AddFeedback implements feedback.Store.
func (s *Store) AddFeedback(ctx context.Context, list []feedback.Feedback, trace []string) error {
	const op = "sqlstore.AddFeedback"
	rows := make([]feedbackRow, len(list))
	added := map[string]int{}
	for i, f := range list {
		rows[i] = feedbackRowOf(f, trace[i])
		if err := db.RefuseUnlessStorable(op, "feedback", rows[i].TraceRef, rows[i].Metadata); err != nil {
			return err
		}
		added[trace[i]]++
	}
	err := s.db.RunInTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		for key, more := range added {
			n, err := tx.NewSelect().Model((*feedbackRow)(nil)).Where("trace = ?", key).Where("workspace_id = ?", list[0].Workspace).Count(ctx)
			if err != nil {
				return err
			}
			if int(n)+more > feedback.MaxPerTrace {
				return &gateway.Error{Op: op, Kind: gateway.Conflict, Param: "trace_id", Public: fmt.Sprintf("A trace has at most %d feedbacks.", feedback.MaxPerTrace)}
			}
		}
		_, err := tx.NewInsert().Model(&rows).Exec(ctx)
		return err
	})
	return db.Error(op, "feedback", err)
}

// Feedback implements feedback.Store.
func (s *Store) Feedback(ctx context.Context, workspace, id string) (feedback.Feedback, error) {
	const op = "sqlstore.Feedback"
	if err := db.AbsentUnlessStorable(op, "feedback", id); err != nil {
		return feedback.Feedback{}, err
	}
	var row feedbackRow
	if err := s.db.NewSelect().Model(&row).Where("id = ?", id).Where("workspace_id = ?", workspace).Scan(ctx); err != nil {
		return feedback.Feedback{}, db.Error(op, "feedback", err)
	}
	f, err := row.feedback()
	return f, db.Error(op, "feedback", err)
}

// UpdateFeedback implements feedback.Store.
func (s *Store) UpdateFeedback(ctx context.Context, f feedback.Feedback) error {
	const op = "sqlstore.UpdateFeedback"
	row := feedbackRowOf(f, "")
	if err := db.RefuseUnlessStorable(op, "feedback", row.Metadata); err != nil {
		return err
	}
	res, err := s.db.NewUpdate().Model(&row).Column("value", "weight_micro", "metadata", "updated_at").Where("id = ?", f.ID).Where("workspace_id = ?", f.Workspace).Exec(ctx)
	return db.ErrorUnlessFound(op, "feedback", res, err)
}

// FeedbackOf implements feedback.Store.
func (s *Store) FeedbackOf(ctx context.Context, traces []string) (list []feedback.Feedback, keys []string, err error) {
	const op = "sqlstore.FeedbackOf"
	if len(traces) == 0 {
		return nil, nil, nil
	}
	var rows []feedbackRow
	if err := s.db.NewSelect().Model(&rows).Where("trace IN (?)", bun.List(traces)).OrderExpr("created_at, " + s.db.ByBytes("id")).Scan(ctx); err != nil {
		return nil, nil, db.Error(op, "feedback", err)
	}
	list, keys, err = feedbacksIn(rows)
	return list, keys, db.Error(op, "feedback", err)
}

func feedbacksIn(rows []feedbackRow) (list []feedback.Feedback, keys []string, err error) {
	for i := range rows {
		f, err := rows[i].feedback()
		if err != nil {
			return nil, nil, err
		}
		list, keys = append(list, f), append(keys, rows[i].Trace)
	}
	return list, keys, nil
}

// FeedbackBetween implements feedback.Store.
func (s *Store) FeedbackBetween(ctx context.Context, workspace string, since, until time.Time, limit int) (list []feedback.Feedback, keys []string, err error) {
	const op = "sqlstore.FeedbackBetween"
	var rows []feedbackRow
	q := s.db.NewSelect().Model(&rows).Where("created_at >= ?", db.Nanos(since)).Where("created_at < ?", db.Nanos(until)).OrderExpr("created_at DESC, " + s.db.ByBytes("id") + " DESC").Limit(int64(limit))
	if workspace != "" {
		q = q.Where("workspace_id = ?", workspace)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, nil, db.Error(op, "feedback", err)
	}
	list, keys, err = feedbacksIn(rows)
	return list, keys, db.Error(op, "feedback", err)
}
