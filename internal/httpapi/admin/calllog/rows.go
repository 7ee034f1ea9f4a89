package calllog

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/telemetry"
)

// Bounds of reported rows.
const (
	maxRows      = 100 // of one call
	maxRowText   = 1024
	maxTokens    = 1 << 40
	maxCallTime  = 24 * time.Hour
	opForeign    = "foreign" // the operation that marks a reported row
	routeForeign = "/v1/logs"
)

// loggedResponse is Portkey's answer, with the ids of the rows.
type loggedResponse struct {
	Status string   `json:"status"` // "success"
	IDs    []string `json:"log_ids"`
}

// addRows takes {request: {url, method, headers, body, provider}, response: {status, headers, body,
// response_time}, metadata: {trace_id, span_id, span_name, …}}, or a list of them. The rows are
// those of the caller's API key, marked by their operation; nothing is billed for them. Headers may
// hold credentials and are not kept.
func (a resource) addRows(ctx context.Context, r *action.Request) error {
	now := r.Now()
	rows, err := action.ReadForms(ctx, r, maxRows, func(f *action.Form) *telemetry.Record { return readRow(f, now) })
	if err != nil {
		return err
	}
	answer := loggedResponse{Status: "success"}
	for _, row := range rows {
		row.ID = r.NewID()
		by := r.By
		row.Workspace, row.WorkspaceName, row.Member, row.MemberName = by.Workspace, by.WorkspaceRef, by.Member, by.MemberRef
		row.Team, row.TeamName, row.APIKey, row.APIKeyName = by.Team, by.TeamRef, by.APIKey, by.APIKeyName
		if row.Trace.Ref == "" {
			row.Trace.Ref = row.ID
		}
		row.Trace.ID, row.Trace.Root = gateway.TraceIDFrom(row.Trace.Ref), gateway.SpanIDFrom(row.ID)
		answer.IDs = append(answer.IDs, row.ID)
	}
	if err := a.Recorder.Log(ctx, rows); err != nil {
		return err
	}
	r.Target, r.Reply = answer.IDs[0], answer
	return nil
}

func readRow(f *action.Form, now time.Time) *telemetry.Record {
	row := &telemetry.Record{Op: opForeign, Route: routeForeign, Method: "POST", Status: 200, FirstByte: -1}
	request, response := action.Inside(objectOf(f, "request", true)), action.Inside(objectOf(f, "response", true))
	meta := metadata(f, "metadata")

	address, method := request.Text("url", false), strings.ToUpper(request.Text("method", false))
	if u, err := url.Parse(address); err != nil {
		request.Wrong("url", "must be a URL")
	} else if u.Path != "" {
		row.Route = clip(u.Path)
	}
	if method != "" {
		row.Method = clip(method)
	}
	row.Provider = clip(request.Text("provider", false))
	request.Object("headers", false)
	asked, _ := request.Take("body", false, map[string]any{})
	row.Request, row.Model, row.Stream = bodyOf(asked), clip(asked.Get("model").String()), asked.Get("stream").Bool()
	f.Close("request", request)

	if status := whole(response, "status", false); status != 0 {
		if status < 100 || status > 599 {
			response.Wrong("status", "must be an HTTP status")
		}
		row.Status = status
	}
	if ms, ok := response.Take("response_time", false, 0); ok {
		row.Latency = time.Duration(ms.Num * float64(time.Millisecond))
		if ms.Type != gjson.Number || ms.Num < 0 || ms.Num > float64(maxCallTime.Milliseconds()) {
			response.Wrong("response_time", "must be a number of milliseconds, at most a day")
			row.Latency = 0
		}
	}
	row.Upstream = row.Latency
	response.Object("headers", false)
	answered, _ := response.Take("body", false, map[string]any{})
	row.Response, row.Served, row.Usage = bodyOf(answered), clip(answered.Get("model").String()), usageOf(answered.Get("usage"))
	f.Close("response", response)

	row.Time = now.Add(-row.Latency).UTC().Truncate(time.Microsecond)
	switch {
	case row.Status >= 500:
		row.Outcome = telemetry.OutcomeProviderError
	case row.Status == 429:
		row.Outcome = telemetry.OutcomeRateLimited
	case row.Status >= 400:
		row.Outcome = telemetry.OutcomeClientError
	}
	placeRow(row, meta)
	return row
}

// placeRow reads the places in a trace and the session from metadata; the other entries are kept.
func placeRow(row *telemetry.Record, meta map[string]string) {
	for k, v := range meta {
		switch v = clip(v); k {
		case "trace_id", "traceId":
			row.Trace.Ref = v
		case "span_id", "spanId":
			row.Trace.SpanRef = v
		case "span_name", "spanName":
			row.Trace.Name = v
		case "parent_span_id", "parentSpanId":
			row.Trace.Parent = gateway.SpanIDFrom(v)
		case "session_id", "session.id":
			row.Session, row.SessionSource = v, gateway.SessionMetadata
		default:
			row.Metadata = append(row.Metadata, telemetry.Pair{Key: clip(k), Value: v})
		}
	}
	if row.Session == "" && row.Trace.Ref != "" {
		row.Session, row.SessionSource = row.Trace.Ref, gateway.SessionTrace
	}
	slices.SortFunc(row.Metadata, func(a, b telemetry.Pair) int { return cmp.Compare(a.Key, b.Key) })
	row.Metadata = slices.CompactFunc(row.Metadata, func(a, b telemetry.Pair) bool { return a.Key == b.Key })
}

func objectOf(f *action.Form, name string, required bool) gjson.Result {
	return gjson.ParseBytes(f.Object(name, required))
}

// bodyOf is a body that is a JSON object; others are not kept.
func bodyOf(v gjson.Result) []byte {
	if !v.IsObject() {
		return nil
	}
	return []byte(v.Raw)
}

// usageOf reads the tokens as OpenAI's and Anthropic's APIs count them; nil without any.
func usageOf(u gjson.Result) *gateway.Usage {
	if !u.IsObject() {
		return nil
	}
	count := func(names ...string) int64 {
		for _, name := range names {
			if v := u.Get(name); v.Type == gjson.Number {
				return int64(min(max(v.Num, 0), maxTokens))
			}
		}
		return 0
	}
	return &gateway.Usage{Input: count("prompt_tokens", "input_tokens"), Output: count("completion_tokens", "output_tokens"),
		CacheRead: count("prompt_tokens_details.cached_tokens", "cache_read_input_tokens"), CacheWrite: count("cache_creation_input_tokens"),
		Reasoning: count("completion_tokens_details.reasoning_tokens")}
}

func clip(s string) string {
	if len(s) > maxRowText {
		return strings.ToValidUTF8(s[:maxRowText], "")
	}
	return s
}
