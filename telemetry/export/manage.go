package export

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// Create makes a draft of the caller's, in the workspace that it acts in. Of j it takes what a
// caller says: description, filter, format, fields, bodies, destination.
func (s *Service) Create(ctx context.Context, by *gateway.Principal, j Job) (Job, error) {
	const op = "export.Create"
	now := s.cfg.Now().UTC()
	j.ID, j.Workspace, j.Member, j.APIKey = s.cfg.NewID(now), by.Workspace, by.Member, by.APIKey
	j.Status, j.CreatedAt, j.UpdatedAt = Draft, now, now
	if j.Format == "" {
		j.Format = JSONL
	}
	if j.Destination == "" {
		j.Destination = ToFile
		if s.cfg.Bucket != nil {
			j.Destination = ToBucket
		}
	}
	if err := s.settle(ctx, op, by, &j); err != nil {
		return Job{}, err
	}
	if err := s.makeRoom(ctx, op, by.Workspace); err != nil {
		return Job{}, err
	}
	return j, s.cfg.Store.AddExport(ctx, j)
}

// makeRoom deletes the oldest job that ended where a workspace has as many as it may have.
func (s *Service) makeRoom(ctx context.Context, op, workspace string) error {
	all, err := s.cfg.Store.Exports(ctx, workspace)
	if err != nil || len(all) < MaxJobs {
		return err
	}
	for _, j := range slices.Backward(all) {
		if j.Status.Ended() {
			return s.cfg.Store.DeleteExport(ctx, j.ID)
		}
	}
	return &gateway.Error{Op: op, Kind: gateway.Conflict, Public: fmt.Sprintf("The workspace has %d exports that have not ended. Cancel or delete one first.", MaxJobs)}
}

// List returns the jobs of the workspace that the caller sees, the newest first.
func (s *Service) List(ctx context.Context, by *gateway.Principal) ([]Job, error) {
	all, err := s.cfg.Store.Exports(ctx, by.Workspace)
	return slices.DeleteFunc(all, func(j Job) bool { return !sees(by, &j) }), err
}

// Get returns a job that the caller sees.
func (s *Service) Get(ctx context.Context, by *gateway.Principal, id string) (Job, error) {
	j, err := s.cfg.Store.Export(ctx, id)
	if err != nil && gateway.AsError(err).Kind != gateway.NotFound {
		return Job{}, err
	}
	if err != nil || j.Workspace != by.Workspace || !sees(by, &j) {
		return Job{}, &gateway.Error{Op: "export.Get", Kind: gateway.NotFound, Param: "id", Public: "There is no such export in this workspace."}
	}
	return j, nil
}

// sees reports whether a caller in the workspace of a job sees it.
func sees(by *gateway.Principal, j *Job) bool {
	return j.Member == by.Member || by.May(gateway.LogsReadAll)
}

// changeable returns a job that the caller may change: its own, or with gateway.ExportsManage any.
func (s *Service) changeable(ctx context.Context, op string, by *gateway.Principal, id string) (Job, error) {
	j, err := s.Get(ctx, by, id)
	if err == nil && j.Member != by.Member {
		err = gateway.Require(op, by, gateway.ExportsManage)
	}
	return j, err
}

// Update changes what a job exports, before it has begun or after it ended without a file.
func (s *Service) Update(ctx context.Context, by *gateway.Principal, id string, change func(*Job)) (Job, error) {
	const op = "export.Update"
	j, err := s.changeable(ctx, op, by, id)
	if err != nil {
		return Job{}, err
	}
	change(&j)
	if err := s.settle(ctx, op, by, &j); err != nil {
		return Job{}, err
	}
	j.UpdatedAt = s.cfg.Now().UTC()
	return j, s.cfg.Store.ReplaceExport(ctx, j, Draft, Failed, Stopped)
}

// StartJob queues a job that does not run. It exports what the one who starts it may see.
func (s *Service) StartJob(ctx context.Context, by *gateway.Principal, id string) (Job, error) {
	const op = "export.StartJob"
	j, err := s.changeable(ctx, op, by, id)
	if err != nil {
		return Job{}, err
	}
	if err := s.settle(ctx, op, by, &j); err != nil {
		return Job{}, err
	}
	now := s.cfg.Now().UTC()
	if j.Filter.Until.IsZero() {
		j.Filter.Until = now.Truncate(time.Microsecond)
	}
	j.Status, j.UpdatedAt, j.Reason, j.Rows, j.Bytes, j.Cut, j.Tries, j.Node = Queued, now, "", 0, 0, "", 0, ""
	j.StartedAt, j.EndedAt, j.ExpiresAt = time.Time{}, time.Time{}, time.Time{}
	if err := s.cfg.Store.ReplaceExport(ctx, j, Draft, Failed, Stopped); err != nil {
		return Job{}, err
	}
	s.look()
	return j, nil
}

// Cancel stops a job that runs or waits. What it has written is deleted.
func (s *Service) Cancel(ctx context.Context, by *gateway.Principal, id string) (Job, error) {
	j, err := s.changeable(ctx, "export.Cancel", by, id)
	if err != nil {
		return Job{}, err
	}
	now := s.cfg.Now().UTC()
	j.Status, j.UpdatedAt, j.EndedAt = Stopped, now, now
	return j, s.cfg.Store.ReplaceExport(ctx, j, Queued, InProgress)
}

// Delete deletes a job that neither runs nor waits. Its server deletes the file.
func (s *Service) Delete(ctx context.Context, by *gateway.Principal, id string) (Job, error) {
	j, err := s.changeable(ctx, "export.Delete", by, id)
	if err != nil {
		return Job{}, err
	}
	if err := s.cfg.Store.DeleteExport(ctx, j.ID); err != nil {
		return Job{}, err
	}
	s.look()
	return j, nil
}

// settle refuses a job that cannot be, or that the caller may not have; it narrows it to what the
// caller may see, and counts what matches.
func (s *Service) settle(ctx context.Context, op string, by *gateway.Principal, j *Job) error {
	if err := s.check(op, j); err != nil {
		return err
	}
	if j.wantsBodies() {
		if err := gateway.Require(op, by, gateway.LogsView); err != nil {
			return err
		}
	}
	switch {
	case by.May(gateway.LogsReadAll):
		j.Own = ""
	case len(j.Filter.Member) > 0 && !slices.Contains(j.Filter.Member, by.Member) && !slices.Contains(j.Filter.Member, by.MemberRef):
		return gateway.InvalidField(op, "filters.member", "The field 'filters.member' must be yourself: you see your own calls only.")
	default:
		j.Own = by.Member
	}
	j.Total = s.count(ctx, j)
	return nil
}

func (s *Service) check(op string, j *Job) error {
	wrong := func(field, text string) error {
		return gateway.InvalidField(op, field, "The field '"+field+"' "+text)
	}
	switch {
	case len(j.Description) > MaxDescription:
		return wrong("description", fmt.Sprintf("must have at most %d bytes.", MaxDescription))
	case !j.Format.known():
		return wrong("format", "must be jsonl, csv or parquet.")
	case j.Destination != ToFile && j.Destination != ToBucket:
		return wrong("destination", "must be file or s3.")
	case j.Destination == ToBucket && s.cfg.Bucket == nil:
		return wrong("destination", "cannot be s3: the server has no bucket for exports.")
	case j.Filter.Limit < 0 || j.Filter.Limit > s.cfg.Limits.Rows:
		return wrong("filters.limit", fmt.Sprintf("must be a number of rows from 1 to %d.", s.cfg.Limits.Rows))
	}
	for i, name := range j.Fields {
		if _, ok := fieldNamed(name); !ok {
			return wrong("fields", "names no field of an exchange: '"+clip(name)+"'.")
		}
		if slices.Contains(j.Fields[:i], name) {
			return wrong("fields", "names '"+name+"' twice.")
		}
	}
	if _, err := telemetry.ParseWords(j.Filter.Text); err != nil {
		return err
	}
	q := j.query()
	return q.Check()
}

// wantsBodies reports whether the job reads what was asked and answered.
func (j *Job) wantsBodies() bool {
	return j.Bodies || j.Filter.Text != "" || slices.ContainsFunc(j.columns(), func(f *field) bool { return f.body })
}

// clip shortens what a message quotes.
func clip(s string) string {
	if len(s) > 100 {
		return s[:100]
	}
	return s
}

// countTime bounds the wait for the number of rows.
const countTime = 5 * time.Second

// count is how many exchanges match now; -1 if that cannot be told soon.
func (s *Service) count(ctx context.Context, j *Job) int64 {
	if j.Filter.Text != "" {
		return -1
	}
	ctx, cancel := context.WithTimeout(ctx, countTime)
	defer cancel()
	q := telemetry.AnalyticsQuery{Query: j.query()}
	if q.Until.IsZero() {
		q.Until = s.cfg.Now().UTC()
	}
	if oldest := q.Until.Add(-telemetry.MaxUsagePeriod); q.Since.Before(oldest) {
		q.Since = oldest
	}
	sums, err := s.cfg.Reader.Analytics(ctx, q)
	if err != nil {
		return -1
	}
	var n int64
	for i := range sums {
		n += sums[i].Calls
	}
	return min(n, s.rowLimit(j))
}

// rowLimit is how many rows the file of a job may have.
func (s *Service) rowLimit(j *Job) int64 {
	if j.Filter.Limit > 0 {
		return j.Filter.Limit
	}
	return s.cfg.Limits.Rows
}
