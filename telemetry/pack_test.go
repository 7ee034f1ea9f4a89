package telemetry

import (
	"bytes"
	"encoding/hex"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
)

// fullRecord has a value in every field that is packed.
func fullRecord() *Record {
	usage := &gateway.Usage{Input: 1200, Output: 34, CacheRead: 5, CacheWrite: 6, Reasoning: 7,
		CacheWrite1h: 3, AudioInput: 8, AudioCacheRead: 1, AudioOutput: 9, ImageInput: 10, ImageCacheRead: 2, ImageOutput: 11, VideoInput: 12,
		Searches: 13, Images: 14, InputCharacters: 15, InputSeconds: 16, OutputSeconds: 17, Queries: 18, Pages: 19, Requests: 20,
		Terms: gateway.Terms{Tier: "flex", Region: "us", Size: "1024x1792", Quality: "hd"}}
	failure := &Failure{Kind: "upstream", Type: "upstream_error", Code: "overloaded", Param: "messages[0]", Target: "config.targets[0]", Message: "Overloaded."}
	return &Record{
		ID: "01JABCDEFGHJKMNPQRSTVWXYZ0", Time: time.UnixMicro(1763820000123456).UTC(), Node: "node-a",
		Trace: gateway.Trace{ID: gateway.TraceID{1, 2, 3}, Root: gateway.SpanID{4, 5}, Parent: gateway.SpanID{6, 7},
			Ref: "order-7", SpanRef: "span-ref", Name: "checkout", State: "a=b", Flags: 1},
		Workspace: "ws1", WorkspaceName: "default", Member: "m1", MemberName: "ann", Team: "t1", TeamName: "ml", APIKey: "k1", APIKeyName: "ci",
		Method: "POST", Route: "/v1/chat/completions", Op: "chat", Stream: true, Client: "p_client", UserAgent: "agent",
		Status: 502, Outcome: OutcomeProviderError, Error: failure,
		Model: "gpt-5", Served: "gpt-5-2026", Provider: "openai", VirtualKey: "vk_a",
		Usage: usage, Cost: gateway.Cost{Nano: 1234567, Known: true, Basis: gateway.CostCounted, OverBound: true, Saved: 89, Price: "openai/gpt-5@2026-08-01",
			Charged: 1500000, ChargedKnown: true, Rule: "resale", Assumed: true, Partial: true},
		Latency: 3 * time.Second, FirstByte: 800 * time.Millisecond, Upstream: 2 * time.Second, Waited: 500 * time.Millisecond,
		Cache:  gateway.CacheFact{Status: gateway.CacheSemanticMiss, Tier: "semantic", Similarity: .61, Threshold: .95, MaxAge: time.Hour, Namespace: "ns", Origin: "01ORIGIN", Stored: true, Reason: "number"},
		Config: Config{Source: "header", Slug: "prod", Mode: "fallback", Version: 3},
		PromptCache: &gateway.PromptCacheFact{State: gateway.PromptDeparted, Session: "s1", Source: gateway.SessionHeader, Previous: "01EARLIER",
			DepartedAt: 321, Path: "messages[0].content", ChangedBy: gateway.ByOverride, Kept: 300, Bytes: 400},
		Session: "s1", SessionSource: gateway.SessionCodex, Tools: []ToolUse{{"Bash", 2}},
		Prompt: &gateway.PromptFact{ID: "p1", Slug: "support", Version: 4, Label: "production", Variant: "b", Arm: "member"},
		Attempts: []Attempt{{Target: "config.targets[0]", Provider: "openai", VirtualKey: "vk_a", Credential: "second", CredentialFingerprint: "0a1b2c3d4e5f", Model: "gpt-5", Host: "api.openai.com", Served: "gpt-5-2026",
			ResponseID: "chatcmpl-1", Finish: "stop", Span: gateway.SpanID{8, 9}, Start: time.Millisecond, FirstChunk: 2 * time.Millisecond, Duration: 3 * time.Millisecond,
			Status: 503, Retry: 1, Error: failure, Usage: usage, Wait: 4 * time.Millisecond, Chunks: 9, LongestGap: 5 * time.Millisecond}},
		Guardrails: []Guardrail{{ID: "no-secrets", Version: "v2", Target: "config", Output: true, Pass: true, Deny: true, Replayed: true, Action: gateway.ActionDeny,
			Start: time.Microsecond, Duration: 2 * time.Microsecond,
			Checks: []CheckResult{{ID: "default.contains", Error: "timeout", Explanation: "one word", Pass: true, Duration: time.Microsecond}}}},
		Stages:   []Stage{{Name: "envelope", Start: 1, Incl: 2, Self: 3, Failed: true}},
		Metadata: []Pair{{"team", "red"}},
		Redacted: []gateway.EntityHits{{Entity: "email", Count: 2}},
		Unedited: []gateway.EntityHits{{Entity: "card", Count: 1}}, Parameters: []Pair{{"temperature", "0.2"}},
		Body: BodyRedacted, Request: []byte(`{"a":1}`), Response: []byte(`{"b":2}`), Sent: []byte(`{"c":3}`), SentRequest: true,
		Charges: []Charge{{Target: "config.targets[0]", Price: "openai/gpt-5@2026-08-01", Rule: "resale", Lines: []gateway.PriceLine{{Unit: "input", Count: 1200, Price: 1_250_000_000, Per: 1_000_000, Condition: "more than 1000 input tokens", Unpriced: true, Amount: 9}},
			Nano: 1234567, Known: true, Charged: 1500000, ChargedKnown: true}},
	}
}

// TestPackedForm pins the bytes of the packed form, which stores and the spool keep for years. A
// file of testdata/packed is a row as one version of Sluice wrote it. Never change such a file:
// when a field is added at the end, add a file, and move "current" to it.
func TestPackedForm(t *testing.T) {
	full := fullRecord()
	unsetFields(t, "Record", reflect.ValueOf(*full))
	for _, c := range []struct {
		file    string
		current bool
		want    func(r *Record)
	}{
		{"v1_before_waited", false, func(r *Record) {
			r.Waited, r.Cost.Basis, r.Cost.OverBound = 0, "", false
			beforeParameters(r)
		}},
		{"v1", false, func(r *Record) { r.Cost.Basis, r.Cost.OverBound = "", false; beforeParameters(r) }},
		{"v1_cost_basis", false, beforeParameters},
		{"v1_parameters", false, func(r *Record) { r.PromptCache = nil; beforePrices(r) }},
		{"v1_prompt_cache", false, beforePrices},
		{"v1_prices", false, beforeTeams},
		{"v1_teams", false, beforeCredentials},
		{"v1_credentials", false, beforeSessions},
		{"v1_session", false, func(r *Record) { beforeUnits(r); r.SessionSource, r.Tools = "", nil }},
		{"v1_sessions", false, beforeUnits},
		{"v1_units", false, beforeCharges},
		{"v1_charges", false, beforePartial},
		{"v1_partial", false, beforeMaxAge},
		{"v1_max_age", false, beforeSizes},
		{"v1_sizes", true, func(*Record) {}},
	} {
		packed := readHex(t, "testdata/packed/"+c.file+".hex")
		if got := full.Pack(nil); c.current && !bytes.Equal(got, packed) {
			t.Errorf("%s: rows are packed as\n%x", c.file, got)
		}
		want := *full
		c.want(&want)
		want.DropBodies()
		got, err := Unpack(packed)
		if d := cmp.Diff(&want, got); d != "" || err != nil {
			t.Errorf("%s: %v %s", c.file, err, d)
		}
	}
	bodies := readHex(t, "testdata/packed/bodies_v1_upstream.hex")
	if got := full.PackBodies(nil); !bytes.Equal(got, bodies) {
		t.Errorf("bodies are packed as\n%x", got)
	}
	r := &Record{}
	if err := r.UnpackBodies(bodies); err != nil || !bytes.Equal(r.Request, full.Request) || !bytes.Equal(r.Response, full.Response) || !bytes.Equal(r.Sent, full.Sent) {
		t.Errorf("%+v, %v", r, err)
	}
	r = &Record{}
	if err := r.UnpackBodies(readHex(t, "testdata/packed/bodies_v1.hex")); err != nil || !bytes.Equal(r.Response, full.Response) || r.Sent != nil {
		t.Errorf("%+v, %v", r, err)
	}
}

// beforeParameters unsets what rows before v1_parameters do not have.
func beforeParameters(r *Record) {
	beforePrices(r)
	r.Unedited, r.Parameters, r.PromptCache = nil, nil, nil
	r.Attempts[0].Wait, r.Attempts[0].Chunks, r.Attempts[0].LongestGap = 0, 0, 0
}

// beforePrices: rows before v1_prices have the cost as their price.
func beforePrices(r *Record) {
	beforeTeams(r)
	r.Cost.Charged, r.Cost.ChargedKnown, r.Cost.Rule, r.Cost.Assumed = r.Cost.Nano, r.Cost.Known, "", false
}

func beforeTeams(r *Record) {
	beforeCredentials(r)
	r.Team, r.TeamName = "", ""
}

// beforeCredentials unsets what rows before v1_credentials do not have.
func beforeCredentials(r *Record) {
	beforeSessions(r)
	r.Attempts = slices.Clone(r.Attempts)
	r.Attempts[0].Credential, r.Attempts[0].CredentialFingerprint = "", ""
}

func beforeSessions(r *Record) {
	beforeUnits(r)
	r.Session, r.SessionSource, r.Tools = "", "", nil
}

// beforeUnits unsets what rows before v1_units do not have.
func beforeUnits(r *Record) {
	beforeCharges(r)
	u := r.Usage
	r.Usage = &gateway.Usage{Input: u.Input, Output: u.Output, CacheRead: u.CacheRead, CacheWrite: u.CacheWrite, Reasoning: u.Reasoning}
	r.Attempts = slices.Clone(r.Attempts)
	r.Attempts[0].Usage = r.Usage
}

func beforeCharges(r *Record) {
	beforePartial(r)
	r.Charges, r.SentRequest = nil, false
}

// beforeSizes unsets what rows before v1_sizes do not have.
func beforeSizes(r *Record) {
	u := *r.Usage
	u.Terms.Size, u.Terms.Quality = "", ""
	r.Usage = &u
	r.Attempts = slices.Clone(r.Attempts)
	r.Attempts[0].Usage = r.Usage
}

// beforeMaxAge unsets what rows before v1_max_age do not have.
func beforeMaxAge(r *Record) {
	beforeSizes(r)
	r.Cache.MaxAge = 0
}

// beforePartial unsets what rows before v1_partial do not have.
func beforePartial(r *Record) {
	beforeMaxAge(r)
	r.Cost.Partial = false
	r.Charges = slices.Clone(r.Charges)
	for i := range r.Charges {
		r.Charges[i].Lines = slices.Clone(r.Charges[i].Lines)
		for n := range r.Charges[i].Lines {
			r.Charges[i].Lines[n].Unpriced, r.Charges[i].Lines[n].Amount = false, 0
		}
	}
}

// TestUnpackRefuses: damaged rows are errors.
func TestUnpackRefuses(t *testing.T) {
	packed := fullRecord().Pack(nil)
	for name, b := range map[string][]byte{"empty": {}, "another version": append([]byte{packed[0] + 1}, packed[1:]...), "cut": packed[:40]} {
		if r, err := Unpack(b); err == nil {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func readHex(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	b, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// unsetFields fails for every field that is zero: such a field would not be tested.
func unsetFields(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	switch {
	case path == "Record.Prompt.Rendered": // not recorded
	case v.IsZero():
		t.Errorf("%s is not set", path)
	case v.Kind() == reflect.Pointer:
		unsetFields(t, path, v.Elem())
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		unsetFields(t, path, v.Index(0))
	case v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[time.Time]():
		for i := range v.NumField() {
			unsetFields(t, path+"."+v.Type().Field(i).Name, v.Field(i))
		}
	}
}
