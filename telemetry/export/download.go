package export

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// addressValid is how long an address in a bucket can be read.
const addressValid = 15 * time.Minute

// Ready returns a job whose file the caller may read.
func (s *Service) Ready(ctx context.Context, by *gateway.Principal, id string) (Job, error) {
	const op = "export.Ready"
	j, err := s.Get(ctx, by, id)
	if err != nil {
		return Job{}, err
	}
	if j.Own != by.Member {
		if err := gateway.Require(op, by, gateway.LogsReadAll); err != nil {
			return Job{}, err
		}
	}
	if j.wantsBodies() {
		if err := gateway.Require(op, by, gateway.LogsView); err != nil {
			return Job{}, err
		}
	}
	refused := func(kind gateway.Kind, text string) (Job, error) {
		return Job{}, &gateway.Error{Op: op, Kind: kind, Param: "id", Public: text}
	}
	switch {
	case j.Status != Success:
		return refused(gateway.Conflict, "The export has no file: its status is "+string(j.Status)+".")
	case j.Destination == ToFile && !s.cfg.Now().Before(j.ExpiresAt):
		return refused(gateway.NotFound, "The file of the export was deleted at "+j.ExpiresAt.Format(time.RFC3339)+". Start it again.")
	case j.Destination == ToFile && j.Node != s.cfg.Node:
		return refused(gateway.Unavailable, "The file of the export is on another server, "+j.Node+". Ask that one, or configure a bucket.")
	case j.Destination == ToBucket && s.cfg.Bucket == nil:
		return refused(gateway.Unavailable, "The file of the export is in a bucket, and the server has none now.")
	}
	return j, nil
}

// Address is where the file of a job in a bucket can be read, and until when.
func (s *Service) Address(ctx context.Context, j *Job) (url string, until time.Time, err error) {
	url, err = s.cfg.Bucket.URL(ctx, j.Name(), addressValid)
	return url, s.cfg.Now().UTC().Add(addressValid), err
}

// Open opens the file of a job in the data directory.
func (s *Service) Open(j *Job) (*os.File, error) {
	f, err := os.Open(s.path(j))
	if err != nil {
		return nil, &gateway.Error{Op: "export.Open", Kind: gateway.NotFound, Param: "id", Public: "The file of the export is gone. Start it again.", Err: err}
	}
	return f, nil
}

func (s *Service) path(j *Job) string { return filepath.Join(s.cfg.Dir, j.Name()) }
