package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// Exporter takes anchors out of reach: to the end of a file, or to a URL by POST.
type Exporter struct {
	To     string // path of the file, or the URL
	Client *http.Client
	Pause  time.Duration // before the first repetition; 0 = 1 s, doubled each time
}

// Attempts and time of one export.
const (
	exportAttempts = 4
	exportTimeout  = 15 * time.Second // of one POST
	exportAnswer   = 64 << 10         // bytes of an answer that are read
)

// IsURL reports whether a place for anchors is a URL rather than a file.
func IsURL(to string) bool {
	return strings.HasPrefix(to, "http://") || strings.HasPrefix(to, "https://")
}

// Export sends one anchor. A POST that fails, or is answered by another status than 2xx, is
// repeated.
func (x *Exporter) Export(ctx context.Context, anchor []byte) error {
	if !IsURL(x.To) {
		return appendFile(x.To, anchor)
	}
	pause := x.Pause
	if pause <= 0 {
		pause = time.Second
	}
	for attempt := 1; ; attempt++ {
		err := x.post(ctx, anchor)
		if err == nil || attempt == exportAttempts {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(pause):
			pause *= 2
		}
	}
}

func (x *Exporter) post(ctx context.Context, anchor []byte) error {
	ctx, cancel := context.WithTimeout(ctx, exportTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, x.To, bytes.NewReader(anchor))
	if err != nil {
		return errors.New("audit.Export: the URL cannot be used") // the error quotes it, with what secrets it may hold
	}
	r.Header.Set("Content-Type", "application/json")
	client := x.Client
	if client == nil {
		client = http.DefaultClient
	}
	res, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("audit.Export: %s: %w", r.URL.Host, errors.Unwrap(err))
	}
	defer res.Body.Close()
	_, _ = io.CopyN(io.Discard, res.Body, exportAnswer) // so that the connection can be used again
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("audit.Export: %s answers %d", r.URL.Host, res.StatusCode)
	}
	return nil
}

// appendFile adds a line that is on disk when it returns.
func appendFile(path string, line []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("audit.Export: %w", err)
	}
	_, err = f.Write(line)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("audit.Export: %w", err)
	}
	return nil
}
