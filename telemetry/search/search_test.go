package search

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// endless is a store whose rows go on for ever; no row has the word "needle".
type endless struct{ rows, largest int }

func (e *endless) Logs(_ context.Context, q telemetry.Query) (telemetry.Page, error) {
	var p telemetry.Page
	for range q.Limit {
		e.rows++
		p.Records = append(p.Records, &telemetry.Record{ID: fmt.Sprint(e.rows), Time: time.Unix(int64(1e9-e.rows), 0), Request: []byte(`{"a":"hay"}`)})
	}
	e.largest = max(e.largest, q.Limit)
	p.Next = p.Records[q.Limit-1].Position().Cursor()
	return p, nil
}

// TestBounds: a question that finds nothing ends, says how far it came, and can go on.
func TestBounds(t *testing.T) {
	store := &endless{}
	s := New(store)
	s.rows, s.time = 5000, time.Hour
	got, err := s.Logs(t.Context(), telemetry.Query{}, telemetry.Words{"needle"})
	if err != nil || got.Read < 5000 || got.Read > 5000+maxPage || got.Next == "" || !got.Until.Equal(time.Unix(int64(1e9-got.Read), 0)) || store.largest != maxPage {
		t.Errorf("%d rows, until %v, %q, pages of %d, %v", got.Read, got.Until, got.Next, store.largest, err)
	}
	s.rows, s.time = 1<<40, -1
	if got, err = s.Logs(t.Context(), telemetry.Query{}, telemetry.Words{"needle"}); err != nil || got.Read != minPage || got.Next == "" {
		t.Errorf("after its time: %d rows, %v", got.Read, err)
	}
	if got, err = s.Logs(t.Context(), telemetry.Query{Limit: 3}, telemetry.Words{"HAY"}); err != nil || len(got.Records) != 0 {
		t.Errorf("words are lower-case: %d", len(got.Records))
	}
	if got, err = s.Logs(t.Context(), telemetry.Query{Limit: 3}, telemetry.Words{"hay"}); err != nil || len(got.Records) != 3 || got.Records[0].Request != nil || got.Next != got.Records[2].Position().Cursor() {
		t.Errorf("%d found, %v", len(got.Records), err)
	}
}

// TestCrowd: a question that finds no place waits no longer than its caller.
func TestCrowd(t *testing.T) {
	s := New(&endless{})
	for range atOnce {
		s.places <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Logs(ctx, telemetry.Query{}, telemetry.Words{"hay"}); err == nil {
		t.Error("a search without a place")
	}
	<-s.places
	if _, err := s.Logs(t.Context(), telemetry.Query{Limit: 1}, telemetry.Words{"hay"}); err != nil {
		t.Error(err)
	}
	if len(s.places) != atOnce-1 {
		t.Error("a place is not given back")
	}
}

func TestParseWords(t *testing.T) {
	for text, want := range map[string]string{"": "[]", " Refund  order refund": "[order refund]", "退款 ": "[退款]"} {
		if got, err := telemetry.ParseWords(text); (err != nil) != (text == " ") || fmt.Sprint(got) != want {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	for _, text := range []string{" ", "\t\n", strings.Repeat("x", 201), "a b c d e f g h i", "\xff"} {
		if _, err := telemetry.ParseWords(text); err == nil || gateway.AsError(err).Param != "text" {
			t.Errorf("%q: %v", text, err)
		}
	}
}
