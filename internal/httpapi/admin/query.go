package admin

import (
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// query reads the parameters of a URL strictly, as form reads a body.
type query struct {
	now      time.Time
	values   map[string][]string
	problems []string
	first    string
}

func readQuery(r *request) *query {
	q := &query{now: r.Now(), values: map[string][]string{}}
	for name, v := range r.Request().URL.Query() {
		q.values[name] = v
	}
	return q
}

func (q *query) wrong(name, text string) {
	if len(q.problems) == 0 {
		q.first = name
	}
	q.problems = append(q.problems, "the parameter '"+httpapi.Clip(name, 100)+"' "+text)
}

func (q *query) text(name string) string {
	v := q.values[name]
	delete(q.values, name)
	if len(v) > 1 {
		q.wrong(name, "is given twice")
	}
	if len(v) == 0 {
		return ""
	}
	return v[0]
}

// time reads a time, or a duration back from now.
func (q *query) time(name string) time.Time {
	s := q.text(name)
	if s == "" {
		return time.Time{}
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t
	}
	if d, err := time.ParseDuration(s); err == nil && d > 0 {
		return q.now.Add(-d)
	}
	q.wrong(name, "must be a time such as 2026-12-31T00:00:00Z or a duration back from now such as 24h")
	return time.Time{}
}

func (q *query) limit() int {
	s := q.text("limit")
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > listing.MaxPage {
		q.wrong("limit", "must be a whole number from 1 to "+strconv.Itoa(listing.MaxPage))
	}
	return n
}

// status reads an HTTP status, or a class such as 4xx as its first digit.
func (q *query) status() int {
	s := q.text("status")
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimSuffix(strings.ToLower(s), "xx"))
	if err != nil {
		q.wrong("status", "must be an HTTP status or a class such as 4xx")
	}
	return n
}

// metadata reads the parameters metadata.<key>.
func (q *query) metadata() map[string]string {
	var out map[string]string
	for name := range q.values {
		if key, ok := strings.CutPrefix(name, "metadata."); ok && key != "" {
			if out == nil {
				out = map[string]string{}
			}
			out[key] = q.text(name)
		}
	}
	return out
}

func (q *query) done() error {
	var left []string
	for name := range q.values {
		left = append(left, name)
	}
	sort.Strings(left)
	for _, name := range left {
		q.wrong(name, "is unknown")
	}
	if len(q.problems) == 0 {
		return nil
	}
	text := strings.Join(q.problems, "; ")
	return gateway.InvalidField("admin.query", q.first, strings.ToUpper(text[:1])+text[1:]+".")
}
