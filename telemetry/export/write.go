package export

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// Rows of a page, without bodies and with them: a body may have a MiB.
const (
	pageRows   = 500
	bodiesRows = 20
)

// unfinished is the ending of a file that is being written.
const unfinished = ".part"

// write writes the file of a job and brings it to its destination. cut is the limit that it ends at.
func (s *Service) write(ctx context.Context, j *Job, done *progress) (cut string, err error) {
	if err := os.MkdirAll(s.cfg.Dir, 0o700); err != nil {
		return "", fileError(err)
	}
	path := s.path(j)
	f, err := os.OpenFile(path+unfinished, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return "", fileError(err)
	}
	defer func() { _ = os.Remove(path + unfinished) }() // unless it has its name
	cut, err = s.encode(ctx, j, f, done)
	if err == nil {
		err = fileError(f.Sync())
	}
	if closed := f.Close(); err == nil {
		err = fileError(closed)
	}
	switch {
	case err != nil:
		return "", err
	case j.Destination == ToBucket:
		return cut, s.cfg.Bucket.Put(ctx, j.Name(), path+unfinished, j.Format.ContentType())
	default:
		return cut, fileError(os.Rename(path+unfinished, path))
	}
}

// encode writes the rows of a job, page by page.
func (s *Service) encode(ctx context.Context, j *Job, f *os.File, done *progress) (cut string, err error) {
	out := &counted{w: f, n: &done.bytes}
	enc := j.encoder(out)
	words, err := telemetry.ParseWords(j.Filter.Text)
	if err != nil {
		return "", err
	}
	q := j.query()
	q.Bodies, q.Limit = j.wantsBodies(), pageRows
	if q.Bodies {
		q.Limit = bodiesRows
	}
	for {
		page, err := s.cfg.Reader.Logs(ctx, q)
		if err != nil {
			return "", err
		}
		full := ""
		for _, r := range page.Records {
			if full = s.full(j, done); full != "" {
				break
			}
			if len(words) > 0 && !words.In(r) {
				continue
			}
			if err := enc.Write(r); err != nil {
				return "", fileError(err)
			}
			done.rows.Add(1)
		}
		if full != "" || page.Next == "" {
			if full == chosen {
				full = ""
			}
			return full, fileError(enc.Close())
		}
		q.Cursor = page.Next
	}
}

// The limits at which a file ends. The one that its job asked for is no cut.
const (
	chosen   = "chosen"
	tooMany  = "rows"
	tooLarge = "bytes"
)

// full is the limit that a file has reached, "" if there is room for another row.
func (s *Service) full(j *Job, done *progress) string {
	switch rows := done.rows.Load(); {
	case j.Filter.Limit > 0 && rows >= j.Filter.Limit:
		return chosen
	case rows >= s.cfg.Limits.Rows:
		return tooMany
	case done.bytes.Load() >= s.cfg.Limits.Bytes:
		return tooLarge
	}
	return ""
}

// counted counts what is written.
type counted struct {
	w io.Writer
	n interface{ Add(int64) int64 }
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n.Add(int64(n))
	return n, err
}

// fileError tells a caller that the file cannot be written; nil for nil.
func fileError(err error) error {
	var known *gateway.Error
	switch {
	case err == nil, errors.As(err, &known):
		return err
	case errors.Is(err, syscall.ENOSPC):
		return &gateway.Error{Op: "export.write", Kind: gateway.Internal, Public: "The file cannot be written: the disk is full.", Err: err}
	}
	return &gateway.Error{Op: "export.write", Kind: gateway.Internal, Public: "The file cannot be written.", Err: err}
}

// discard deletes what was being written when this server stopped.
func (s *Service) discard() {
	left, _ := filepath.Glob(filepath.Join(s.cfg.Dir, "*"+unfinished)) // the pattern is well formed
	for _, path := range left {
		_ = os.Remove(path) // whoever writes the file anew truncates it
	}
}

// sweep deletes files that have expired, and those of jobs that are gone.
func (s *Service) sweep(ctx context.Context) {
	entries, err := os.ReadDir(s.cfg.Dir)
	if err != nil {
		return // there is no folder before the first job
	}
	for _, e := range entries {
		id, ending, _ := strings.Cut(e.Name(), ".")
		if _, ours := telemetry.StartOf(id); !ours || !Format(ending).known() {
			continue
		}
		var j Job
		err := s.inStore(ctx, func(ctx context.Context) (err error) { j, err = s.cfg.Store.Export(ctx, id); return err })
		gone := err != nil && gateway.AsError(err).Kind == gateway.NotFound
		expired := err == nil && (j.Status != Success || !s.cfg.Now().Before(j.ExpiresAt))
		if gone || expired {
			_ = os.Remove(filepath.Join(s.cfg.Dir, e.Name())) // the next sweep tries again
		}
	}
}
