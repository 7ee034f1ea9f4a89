package calllog

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/sse"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/analytics"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
	"github.com/sluicegate/sluice/telemetry/live"
)

// heartbeat is how often a silent tail sends a comment, and asks whether its caller may still listen.
const heartbeat = 15 * time.Second

// tail streams new exchanges: an event "exchange" with the row as the list has it, an event
// "dropped" with {"rows": n} where the caller reads too slowly, a comment in silence, and an event
// "end" with the reason when the server shuts down or the caller's rights end.
func (a resource) tail(ctx context.Context, r *action.Request) error {
	p := action.ReadQuery(r)
	ref := p.Text("workspace")
	q := analytics.ReadExchanges(p)
	text := p.Text("text")
	err := p.Done()
	if err != nil {
		return err
	}
	words, err := analytics.Words(r, text)
	if err != nil {
		return err
	}
	if q.Scope, err = scope(ctx, r, ref); err != nil {
		return err
	}
	if !analytics.Own(r.By, gateway.LogsReadAll, &q) {
		return gateway.InvalidField("calllog.tail", "member", "The 'member' must be yourself: you see your own calls only.")
	}
	l, err := a.Hub.Listen(a.Recorder.Recorded(q), r.By.Member)
	if err != nil {
		return err
	}
	defer l.Close()
	r.Sent = true
	r.SetHeader("Content-Type", sse.ContentType+"; charset=utf-8")
	r.SetHeader("Cache-Control", "no-cache")
	r.SetHeader("X-Accel-Buffering", "no")
	r.Writer().WriteHeader(http.StatusOK)
	if send(r, []byte(": listening\n\n")) {
		a.follow(ctx, r, l, words)
	}
	return nil
}

// follow sends what the listener gets and what has the words, until the caller leaves, its rights end or the hub closes.
func (a resource) follow(ctx context.Context, r *action.Request, l *live.Listener, words telemetry.Words) {
	checked := time.Now()
	for {
		wait, cancel := context.WithTimeout(ctx, heartbeat)
		record, ended := l.Next(wait)
		cancel()
		var out bytes.Buffer
		if n := l.Dropped(); n > 0 {
			fmt.Fprintf(&out, "event: dropped\ndata: {\"rows\":%d}\n\n", n)
		}
		switch {
		case ctx.Err() != nil:
			return
		case record != nil && a.has(ctx, record, words):
			fmt.Fprintf(&out, "event: exchange\nid: %s\ndata: %s\n\n", record.ID, record.JSON(false))
		case record != nil: // without the words
		case !ended:
			out.WriteString(": nothing new\n\n")
		}
		if !ended && time.Since(checked) >= heartbeat {
			checked = time.Now()
			if by, err := r.Identify(); err != nil || !by.May(gateway.LogsList) || by.Member != r.By.Member {
				out.WriteString("event: end\ndata: {\"reason\":\"rights\"}\n\n")
				send(r, out.Bytes())
				return
			}
		}
		if ended {
			out.WriteString("event: end\ndata: {\"reason\":\"shutdown\"}\n\n")
		}
		if !send(r, out.Bytes()) || ended {
			return
		}
	}
}

// storedWithin is how long a row that was told may take to stand in the store, and storedPoll how often
// it is looked for.
const (
	storedWithin = 5 * time.Second
	storedPoll   = 200 * time.Millisecond
)

// has reports whether the texts of an exchange have the words. What is told has no bodies: they are read.
func (a resource) has(ctx context.Context, told *telemetry.Record, words telemetry.Words) bool {
	if len(words) == 0 {
		return true
	}
	for begun := time.Now(); time.Since(begun) < storedWithin; {
		found, err := a.Reader.Log(ctx, listing.Workspace(told.Workspace), told.ID)
		if err == nil {
			return slices.ContainsFunc(found, func(r *telemetry.Record) bool { return r.ID == told.ID && words.In(r) })
		}
		if gateway.AsError(err).Kind != gateway.NotFound {
			return false
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(storedPoll):
		}
	}
	return false
}

// send reports whether the caller is there to read.
func send(r *action.Request, events []byte) bool {
	if _, err := r.Writer().Write(events); err != nil {
		return false
	}
	return r.Flush() == nil
}
