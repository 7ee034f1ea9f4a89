package action

import (
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// Query reads the parameters of a URL strictly, as Form reads a body.
type Query struct {
	now      time.Time
	values   map[string][]string
	problems []string
	first    string
	learn    *httpapi.Input // nil unless the operation is only asked what it reads
	into     *Form          // whose field holds the parameters; nil = they are those of the URL
	at       string         // name of that field
}

// ReadQuery opens the parameters of a request.
func ReadQuery(r *Request) *Query {
	q := &Query{now: r.Now(), values: map[string][]string{}, learn: r.learn}
	for name, v := range r.Request().URL.Query() {
		q.values[name] = v
	}
	if all := workspacesOf(q.values); len(all) > 0 {
		q.values["workspace"] = all
		delete(q.values, "workspace_id")
	}
	return q
}

// QueryIn opens the parameters that a field of a body holds as in a URL. Its problems are those of the
// form; Done tells the form about parameters that nobody read.
func (f *Form) QueryIn(r *Request, name, text string) *Query {
	q := &Query{now: r.Now(), values: map[string][]string{}, into: f, at: name}
	values, err := url.ParseQuery(text)
	if err != nil {
		f.Wrong(name, "must be parameters as in a URL, such as status=5xx&model=gpt-5")
		return q
	}
	q.values = values
	return q
}

func (q *Query) Wrong(name, text string) {
	if q.into != nil {
		q.into.Wrong(q.at+"."+gateway.Clip(name, 100), text)
		return
	}
	if len(q.problems) == 0 {
		q.first = name
	}
	q.problems = append(q.problems, "the parameter '"+gateway.Clip(name, 100)+"' "+text)
}

func (q *Query) Text(name string) string {
	if q.learn != nil {
		learnParameter(q.learn, name, "")
	}
	v := q.values[name]
	delete(q.values, name)
	if len(v) > 1 {
		q.Wrong(name, "is given twice")
	}
	if len(v) == 0 {
		return ""
	}
	return v[0]
}

// Time reads a time, or a duration back from now.
func (q *Query) Time(name string) time.Time {
	s := q.Text(name)
	if s == "" {
		return time.Time{}
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t
	}
	if d, ok := parseDuration(s); ok && d > 0 {
		return q.now.Add(-d)
	}
	q.Wrong(name, "must be a time such as 2026-12-31T00:00:00Z or a duration back from now such as 24h or 7d")
	return time.Time{}
}

// Duration reads a duration above 0 such as 24h or 7d, 0 if it is absent.
func (q *Query) Duration(name string) time.Duration {
	s := q.Text(name)
	if s == "" {
		return 0
	}
	d, ok := parseDuration(s)
	if !ok || d <= 0 {
		q.Wrong(name, "must be a duration such as 24h or 7d")
	}
	return d
}

func (q *Query) Limit() int {
	if q.learn != nil {
		learnParameter(q.learn, "limit", 0)
	}
	s := q.Text("limit")
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > listing.MaxPage {
		q.Wrong("limit", "must be a whole number from 1 to "+strconv.Itoa(listing.MaxPage))
	}
	return n
}

// Whole reads a whole number, absent if it is not given.
func (q *Query) Whole(name string, absent, least, most int) int {
	s := q.Text(name)
	if s == "" {
		return absent
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < least || n > most {
		q.Wrong(name, "must be a whole number from "+strconv.Itoa(least)+" to "+strconv.Itoa(most))
		return absent
	}
	return n
}

// Flag reads true or false; false if it is not given.
func (q *Query) Flag(name string) bool {
	s := strings.ToLower(q.Text(name))
	if s != "" && s != "true" && s != "false" {
		q.Wrong(name, "must be true or false")
	}
	return s == "true"
}

// OneOf reads a word that must be one of those allowed; the first one if it is not given.
func (q *Query) OneOf(name string, allowed ...string) string {
	s := q.Text(name)
	if s == "" {
		return allowed[0]
	}
	if !slices.Contains(allowed, s) {
		q.Wrong(name, "must be one of "+strings.Join(allowed, ", "))
	}
	return s
}

// Metadata reads the parameters metadata.<key>.
func (q *Query) Metadata() map[string]string {
	var out map[string]string
	for name := range q.values {
		if key, ok := strings.CutPrefix(name, "metadata."); ok && key != "" {
			if out == nil {
				out = map[string]string{}
			}
			out[key] = q.Text(name)
		}
	}
	return out
}

// Done reports all problems as one error. Parameters that nobody read are unknown.
func (q *Query) Done() error {
	if q.learn != nil {
		return errLearned
	}
	var left []string
	for name := range q.values {
		left = append(left, name)
	}
	sort.Strings(left)
	for _, name := range left {
		q.Wrong(name, "is unknown")
	}
	return q.Problems()
}

// Problems reports what is wrong with the parameters that were read.
func (q *Query) Problems() error {
	if len(q.problems) == 0 {
		return nil
	}
	text := strings.Join(q.problems, "; ")
	return gateway.InvalidField("action.Query", q.first, strings.ToUpper(text[:1])+text[1:]+".")
}
