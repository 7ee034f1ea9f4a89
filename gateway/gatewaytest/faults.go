package gatewaytest

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Faulty returns the reply for a fault by its name. The model "fault-NAME" or the header
// X-Fault selects it. Numbers and durations follow a colon: "delay-first:200ms", "cut:3".
func Faulty(name string) (Reply, bool) {
	name, arg, _ := strings.Cut(name, ":")
	wait := 100 * time.Millisecond
	if d, err := time.ParseDuration(arg); err == nil {
		wait = d
	}
	num := func(otherwise int) int {
		if n, err := strconv.Atoi(arg); err == nil {
			return n
		}
		return otherwise
	}
	if r, ok := failures[name]; ok {
		return r, true
	}
	if pieces, ok := toolFaults[name]; ok {
		return Reply{Tools: pieces}, true
	}
	f, r := Fault{}, Reply{}
	switch name {
	case "delay-headers":
		f.BeforeHeaders = wait
	case "delay-first":
		f.BeforeFirst = wait
	case "delay-between":
		f.Between = wait
	case "stall":
		f.Stall, f.StallAfter = true, num(0)
	case "cut":
		f.Cut, f.CutAfter = true, num(1)
	case "reset":
		f.Cut, f.CutAfter, f.Reset = true, num(1), true
	case "no-finish":
		f.NoFinish = true
	case "no-done":
		f.NoDone = true
	case "no-end":
		f.NoFinish, f.NoDone = true, true
	case "empty-first":
		f.EmptyFirst = true
	case "error-event":
		f.ErrorAfter = num(1)
	case "malformed":
		f.Malformed = num(2)
	case "crlf":
		f.CRLF = true
	case "multiline":
		f.MultiLine = true
	case "comments":
		f.Comments = true
	case "gzip":
		f.Gzip = true
	case "long-line":
		f.LongLine = num(8 << 20)
	case "usage-absent":
		f.Usage = UsageAbsent
	case "usage-early":
		f.Usage = UsageEarly
	case "usage-twice":
		f.Usage = UsageTwice
	case "cached":
		r.Input, r.Cached = 100, 80
	case "wrong-model":
		r.Model = "some-other-model"
	case "500-then-ok":
		f.FailFirst = num(1)
	default:
		return Reply{}, false
	}
	r.Fault = f
	return r, true
}

var toolFaults = map[string][]Tool{
	"tool":         {{ID: "call_1", Name: "get_weather", Args: []string{`{"city":"Paris"}`}}},
	"tool-split":   {{ID: "call_1", Name: "get_weather", Args: []string{`{"ci`, `ty":"Pa`, `ris"}`}}, {ID: "call_2", Name: "get_time", Args: []string{`{`, `}`}}},
	"tool-no-id":   {{Name: "get_weather", Args: []string{`{"city":"Paris"}`}}},
	"tool-same-id": {{ID: "call_1", Name: "get_weather", Args: []string{`{}`}}, {ID: "call_1", Name: "get_time", Args: []string{`{}`}}},
}

var failures = map[string]Reply{
	"error-body": {Status: 200, Body: `{"error":{"message":"the model crashed","type":"server_error","code":"crashed"}}`},
	"empty-body": {Status: 200},
	"html":       {Status: 200, Header: header("Content-Type", "text/html"), Body: "<html><body>Sign in to the hotel network</body></html>"},
	"not-json":   {Status: 200, Body: `{"id":"chatcmpl-1","choi`},
	"no-choices": {Status: 200, Body: `{"id":"chatcmpl-1","object":"chat.completion","model":"m","choices":[]}`},
	"429":        {Status: 429, Body: `{"error":{"message":"Rate limit reached","type":"requests","param":null,"code":"rate_limit_exceeded"}}`},
	"429-retry-after": {Status: 429, Header: header("Retry-After", "1"),
		Body: `{"error":{"message":"Rate limit reached","type":"requests","param":null,"code":"rate_limit_exceeded"}}`},
	"429-reset": {Status: 429, Header: header("X-Ratelimit-Reset-Requests", "1s", "X-Ratelimit-Remaining-Requests", "0"),
		Body: `{"error":{"message":"Rate limit reached","type":"requests","param":null,"code":"rate_limit_exceeded"}}`},
	"400":     {Status: 400, Body: `{"error":{"message":"Unsupported value: 'temperature' does not support 3","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}}`},
	"401":     {Status: 401, Body: `{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}`},
	"402":     {Status: 402, Body: `{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}`},
	"403-geo": {Status: 403, Body: `{"error":{"message":"Country, region, or territory not supported","type":"request_forbidden","param":null,"code":"unsupported_country_region_territory"}}`},
	"404":     {Status: 404, Body: `{"error":{"message":"The model does not exist","type":"invalid_request_error","param":null,"code":"model_not_found"}}`},
	"500":     {Status: 500, Body: `{"error":{"message":"The server had an error","type":"server_error","param":null,"code":null}}`},
	"503":     {Status: 503, Body: "upstream connect error", Header: header("Content-Type", "text/plain")},
	"529":     {Status: 529, Body: `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`},
}

func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}
