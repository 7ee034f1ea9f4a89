package telemetry

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/codes"

	"github.com/sluicegate/sluice/gateway"
)

// JSON encodes the exchange as GET /v1/logs lists it. With detail it adds spans and bodies, as
// GET /v1/logs/{id} shows them.
func (r *Record) JSON(detail bool) json.RawMessage {
	v := r.summary()
	v.setSpanIDs(r)
	v.setMoney(&r.Cost)
	v.setStages(r)
	if detail {
		v.setDetail(r)
	}
	b, err := json.Marshal(v)
	if err != nil { // a body that is no JSON: never written by this package
		v.Request, v.Response, v.Sent = nil, nil, nil
		b, _ = json.Marshal(v)
	}
	return b
}

// summary has what every exchange has: who called what, when, and how it ended.
func (r *Record) summary() exchangeJSON {
	v := exchangeJSON{ID: r.ID, Time: r.Time.Format(timeFormat), TraceID: r.Trace.Ref, TraceHex: r.Trace.ID.String(), Node: r.Node,
		Workspace: r.Workspace, WorkspaceName: r.WorkspaceName, Member: r.Member, MemberName: r.MemberName, Team: r.Team, TeamName: r.TeamName, APIKey: r.APIKey, APIKeyName: r.APIKeyName,
		Session: r.Session, SessionSource: string(r.SessionSource), Verdict: r.Verdict().String(), Method: r.Method, Route: r.Route, Operation: r.Op, Stream: r.Stream, Status: r.Status, Outcome: r.Outcome.String(),
		Provider: r.Provider, VirtualKey: r.VirtualKey, Model: r.Model, Served: r.Served, SpanName: r.Trace.Name,
		Latency: millis(r.Latency), Upstream: millis(r.Upstream), Gateway: millis(r.Gateway()), Waited: millis(r.Waited), Chunks: r.Chunks(), LongestGap: r.LongestGap().Microseconds(),
		CostKnown: r.Cost.Known, CostBasis: string(r.Cost.Basis), OverBound: r.Cost.OverBound, Saved: dollars(r.Cost.Saved), Price: r.Cost.Price,
		CostState: string(r.Cost.State()), PriceRule: r.Cost.Rule,
		Cache: cacheJSON{r.CacheStatus(), r.Cache.Tier, r.Cache.Similarity, r.Cache.Threshold, r.Cache.Origin, r.Cache.Stored, r.Cache.Reason, r.Cache.MaxAge.Seconds()},
		Error: r.Error.json(), Attempts: []attemptJSON{}, Guardrails: []guardrailJSON{}, Metadata: map[string]string{}, Body: r.Body.String()}
	for _, m := range r.Metadata {
		v.Metadata[m.Key] = m.Value
	}
	if r.FirstByte >= 0 {
		ms := millis(r.FirstByte)
		v.TTFT = &ms
	}
	return v
}

func (v *exchangeJSON) setSpanIDs(r *Record) {
	if !r.Trace.Root.IsZero() {
		v.SpanID = r.Trace.Root.String()
	}
	if !r.Trace.Parent.IsZero() {
		v.ParentSpan = r.Trace.Parent.String()
	}
}

// setMoney sets the amounts that are known: what the vendors bill, and what the caller pays.
func (v *exchangeJSON) setMoney(c *gateway.Cost) {
	if c.Known {
		usd := dollars(c.Nano)
		v.Cost, v.CostNano = &usd, &c.Nano
	}
	if c.ChargedKnown {
		usd := dollars(c.Charged)
		v.PriceUSD, v.PriceNano = &usd, &c.Charged
	}
}

// setStages sets what the stages recorded.
func (v *exchangeJSON) setStages(r *Record) {
	v.Usage = usageOf(r.Usage)
	if c := r.Config; c.Source != "" {
		v.Config = &configJSON{c.Source, c.Slug, c.Version, c.Mode}
	}
	if p := r.Prompt; p != nil {
		v.Prompt = &promptJSON{p.ID, p.Slug, p.Version, p.Label, p.Variant, p.Arm}
	}
	v.PromptCache = promptCacheOf(r.PromptCache)
	for i := range r.Attempts {
		v.Attempts = append(v.Attempts, r.Attempts[i].json())
	}
	for _, t := range r.Tools {
		v.Tools = append(v.Tools, toolJSON(t))
	}
	for i := range r.Guardrails {
		v.Guardrails = append(v.Guardrails, r.Guardrails[i].json())
	}
	v.Redacted, v.Unedited = hitsByEntity(r.Redacted), hitsByEntity(r.Unedited)
	for _, p := range r.Parameters {
		if v.Parameters == nil {
			v.Parameters = map[string]json.Number{}
		}
		v.Parameters[p.Key] = json.Number(p.Value)
	}
}

// setDetail adds what only the page of one exchange shows.
func (v *exchangeJSON) setDetail(r *Record) {
	for _, s := range r.Spans() {
		v.Spans = append(v.Spans, s.json())
	}
	for i := range r.Charges {
		v.Charges = append(v.Charges, r.Charges[i].json())
	}
	v.Request, v.Response, v.Sent, v.SentRequest = r.Request, r.Response, r.Sent, r.SentRequest
}

// hitsByEntity sums hits by entity; nil if there are none.
func hitsByEntity(hits []gateway.EntityHits) map[string]int {
	if len(hits) == 0 {
		return nil
	}
	sums := make(map[string]int, len(hits))
	for _, h := range hits {
		sums[h.Entity] += h.Count
	}
	return sums
}

const timeFormat = "2006-01-02T15:04:05.000000Z"

// RecordShape is an empty value of the type that JSON encodes, for documentation.
func RecordShape() any { return exchangeJSON{} }

type exchangeJSON struct {
	ID            string                 `json:"id"`
	Time          string                 `json:"time"`
	TraceID       string                 `json:"trace_id"`
	TraceHex      string                 `json:"trace_id_w3c"`
	SpanID        string                 `json:"span_id,omitempty"`
	ParentSpan    string                 `json:"parent_span_id,omitempty"` // of the trace: another exchange, or a span of the caller
	SpanName      string                 `json:"span_name,omitempty"`      // as the caller named it
	Node          string                 `json:"node,omitempty"`
	Workspace     string                 `json:"workspace"`
	WorkspaceName string                 `json:"workspace_name,omitempty"`
	Member        string                 `json:"member"`
	MemberName    string                 `json:"member_name,omitempty"`
	Team          string                 `json:"team,omitempty"`
	TeamName      string                 `json:"team_name,omitempty"`
	APIKey        string                 `json:"api_key"`
	APIKeyName    string                 `json:"api_key_name,omitempty"`
	Session       string                 `json:"session_id,omitempty"`
	SessionSource string                 `json:"session_source,omitempty"`
	Method        string                 `json:"method"`
	Route         string                 `json:"route"`
	Operation     string                 `json:"operation"`
	Stream        bool                   `json:"stream"`
	Status        int                    `json:"status"`
	Outcome       string                 `json:"outcome"`
	Provider      string                 `json:"provider"`
	VirtualKey    string                 `json:"virtual_key,omitempty"`
	Model         string                 `json:"model"`
	Served        string                 `json:"response_model,omitempty"`
	Latency       float64                `json:"latency_ms"`
	TTFT          *float64               `json:"ttft_ms"`
	Upstream      float64                `json:"upstream_ms"`
	Gateway       float64                `json:"gateway_ms"`
	Waited        float64                `json:"waited_ms,omitempty"`
	Chunks        int                    `json:"chunks,omitempty"`         // of streams
	LongestGap    int64                  `json:"longest_gap_us,omitempty"` // between two chunks of a stream
	Cost          *json.Number           `json:"cost_usd"`
	CostNano      *int64                 `json:"cost_nano_usd"`
	CostKnown     bool                   `json:"cost_known"`
	CostBasis     string                 `json:"cost_basis,omitempty"`      // "reported" or "counted"
	OverBound     bool                   `json:"cost_over_bound,omitempty"` // a provider billed above the limits that it was sent
	Saved         json.Number            `json:"saved_usd"`
	CostState     string                 `json:"cost_state"`      // "known", "partial", "unknown" or "ceiling"
	Price         string                 `json:"price,omitempty"` // version of the price that the cost is by
	PriceUSD      *json.Number           `json:"price_usd"`       // what the caller pays
	PriceNano     *int64                 `json:"price_nano_usd"`
	PriceRule     string                 `json:"price_rule,omitempty"`
	Usage         *usageJSON             `json:"usage"`
	Cache         cacheJSON              `json:"cache"`
	Config        *configJSON            `json:"config,omitempty"`
	Prompt        *promptJSON            `json:"prompt,omitempty"`
	PromptCache   *promptCacheJSON       `json:"prompt_cache,omitempty"`
	Verdict       string                 `json:"verdict"` // the strongest of the guardrails: "none", "allow", "flag", "redact" or "deny"
	Guardrails    []guardrailJSON        `json:"guardrails"`
	Attempts      []attemptJSON          `json:"attempts"`
	Tools         []toolJSON             `json:"tools,omitempty"` // that the answer calls
	Error         *failureJSON           `json:"error,omitempty"`
	Metadata      map[string]string      `json:"metadata"`
	Redacted      map[string]int         `json:"redacted,omitempty"`
	Unedited      map[string]int         `json:"unedited,omitempty"`
	Parameters    map[string]json.Number `json:"parameters,omitempty"`
	Feedback      []FeedbackJSON         `json:"feedback,omitempty"`
	Body          string                 `json:"body"`
	Spans         []spanJSON             `json:"spans,omitempty"`
	Request       json.RawMessage        `json:"request,omitempty"`
	Response      json.RawMessage        `json:"response,omitempty"`
	Sent          json.RawMessage        `json:"upstream_request,omitempty"`           // the body of the last upstream call, where it is another one
	SentRequest   bool                   `json:"upstream_request_unchanged,omitempty"` // the provider got request as it is
	Charges       []chargeJSON           `json:"charges,omitempty"`                    // of each attempt with a cost
}

// FeedbackJSON is a feedback beside the exchange that it is about. It is not a part of the record:
// whoever shows one adds it.
type FeedbackJSON struct {
	ID        string            `json:"id"`
	Value     int               `json:"value"`
	Weight    float64           `json:"weight"`
	Metadata  map[string]string `json:"metadata"`
	Member    string            `json:"member"`
	APIKey    string            `json:"api_key"`
	CreatedAt time.Time         `json:"created_at"`
	UpdatedAt time.Time         `json:"last_updated_at"`
}

type usageJSON struct {
	Input      int64 `json:"input_tokens"`
	Output     int64 `json:"output_tokens"`
	Total      int64 `json:"total_tokens"`
	CacheRead  int64 `json:"cache_read_tokens"`
	CacheWrite int64 `json:"cache_write_tokens"`
	Reasoning  int64 `json:"reasoning_tokens"`

	CacheWrite1h    int64  `json:"cache_write_1h_tokens,omitempty"` // of cache_write_tokens
	AudioInput      int64  `json:"audio_input_tokens,omitempty"`
	AudioCacheRead  int64  `json:"audio_cache_read_tokens,omitempty"`
	AudioOutput     int64  `json:"audio_output_tokens,omitempty"`
	ImageInput      int64  `json:"image_input_tokens,omitempty"`
	ImageCacheRead  int64  `json:"image_cache_read_tokens,omitempty"`
	ImageOutput     int64  `json:"image_output_tokens,omitempty"`
	VideoInput      int64  `json:"video_input_tokens,omitempty"`
	Searches        int64  `json:"web_searches,omitempty"`
	Images          int64  `json:"images,omitempty"` // that were made
	InputCharacters int64  `json:"input_characters,omitempty"`
	InputSeconds    int64  `json:"input_seconds,omitempty"`
	OutputSeconds   int64  `json:"output_seconds,omitempty"`
	Queries         int64  `json:"queries,omitempty"` // of a reranker
	Pages           int64  `json:"pages,omitempty"`
	Requests        int64  `json:"requests,omitempty"`     // that are billed by the call
	Tier            string `json:"service_tier,omitempty"` // that the provider says it served; none: the standard one
	Region          string `json:"region,omitempty"`       // that the provider says it served in, where that has a price of its own
	Size            string `json:"size,omitempty"`         // of images and videos: what the answer tells, else what was asked for
	Quality         string `json:"quality,omitempty"`      // of images, as size
}

type cacheJSON struct {
	Status     string  `json:"status"`
	Tier       string  `json:"tier,omitempty"`
	Similarity float64 `json:"similarity,omitempty"`
	Threshold  float64 `json:"threshold,omitempty"`
	Origin     string  `json:"origin_request_id,omitempty"`
	Stored     bool    `json:"stored,omitempty"`
	Reason     string  `json:"reason,omitempty"`
	MaxAge     float64 `json:"max_age,omitempty"` // seconds that an answer might be old
}

type configJSON struct {
	Source  string `json:"source"`
	Slug    string `json:"slug,omitempty"`
	Version int    `json:"version,omitempty"`
	Mode    string `json:"mode,omitempty"`
}

type promptJSON struct {
	ID      string `json:"id"`
	Slug    string `json:"slug"`
	Version int    `json:"version"`
	Label   string `json:"label,omitempty"`
	Variant string `json:"variant,omitempty"`
	Arm     string `json:"drawn_by,omitempty"`
}

// promptCacheJSON has departed_at, path and changed_by only of a prompt that departed.
type promptCacheJSON struct {
	State      string `json:"state"`
	Session    string `json:"session"`
	Source     string `json:"session_source"`
	Previous   string `json:"previous_request,omitempty"`
	DepartedAt *int   `json:"departed_at,omitempty"`
	Path       string `json:"path,omitempty"`
	ChangedBy  string `json:"changed_by,omitempty"`
	Kept       *int   `json:"kept_bytes,omitempty"`
	Bytes      *int   `json:"previous_bytes,omitempty"`
}

type failureJSON struct {
	Kind    string `json:"kind"`
	Type    string `json:"type"`
	Code    string `json:"code,omitempty"`
	Param   string `json:"param,omitempty"`
	Target  string `json:"target,omitempty"`
	Message string `json:"message"`
}

type attemptJSON struct {
	Target      string       `json:"target"`
	Provider    string       `json:"provider"`
	VirtualKey  string       `json:"virtual_key,omitempty"`
	Credential  string       `json:"credential,omitempty"` // which of the virtual key's
	Fingerprint string       `json:"credential_fingerprint,omitempty"`
	Model       string       `json:"model"`
	Host        string       `json:"host,omitempty"`
	SpanID      string       `json:"span_id"`
	Status      int          `json:"status"`
	Retry       int          `json:"retry"`
	Start       int64        `json:"start_us"`
	Duration    int64        `json:"duration_us"`
	FirstChunk  int64        `json:"first_chunk_us,omitempty"`
	Wait        int64        `json:"waited_us,omitempty"`
	Chunks      int          `json:"chunks,omitempty"`
	LongestGap  int64        `json:"longest_gap_us,omitempty"`
	Served      string       `json:"response_model,omitempty"`
	ResponseID  string       `json:"response_id,omitempty"`
	Finish      string       `json:"finish_reason,omitempty"`
	Usage       *usageJSON   `json:"usage,omitempty"`
	Error       *failureJSON `json:"error,omitempty"`
}

type toolJSON struct {
	Name  string `json:"name"`
	Calls int    `json:"calls"`
}

type guardrailJSON struct {
	ID       string      `json:"id"`
	Version  string      `json:"version,omitempty"`
	Phase    string      `json:"phase"`
	Pass     bool        `json:"pass"`
	Deny     bool        `json:"deny"`
	Action   string      `json:"action"`
	Target   string      `json:"target,omitempty"`
	Replayed bool        `json:"replayed,omitempty"`
	Duration int64       `json:"duration_us"`
	Checks   []checkJSON `json:"checks"`
}

type checkJSON struct {
	ID          string `json:"id"`
	Pass        bool   `json:"pass"`
	Error       string `json:"error,omitempty"`
	Explanation string `json:"explanation,omitempty"`
	Duration    int64  `json:"duration_us"`
}

type spanJSON struct {
	ID         string         `json:"id"`
	Parent     string         `json:"parent,omitempty"`
	Name       string         `json:"name"`
	Kind       string         `json:"kind"`
	Start      int64          `json:"start_us"`
	Duration   int64          `json:"duration_us"`
	Self       int64          `json:"self_us"`
	Status     string         `json:"status"`
	Message    string         `json:"message,omitempty"`
	Attributes map[string]any `json:"attributes"`
}

func (s *Span) json() spanJSON {
	v := spanJSON{ID: s.ID.String(), Name: s.Name, Kind: s.Kind.String(), Start: s.Start.Microseconds(), Duration: s.Duration.Microseconds(),
		Self: s.Self.Microseconds(), Status: "unset", Message: s.Message, Attributes: map[string]any{}}
	if !s.Parent.IsZero() {
		v.Parent = s.Parent.String()
	}
	if s.Status == codes.Error {
		v.Status = "error"
	}
	for _, a := range s.Attributes {
		v.Attributes[string(a.Key)] = a.Value.AsInterface()
	}
	return v
}

func (f *Failure) json() *failureJSON {
	if f == nil {
		return nil
	}
	return &failureJSON{f.Kind, f.Type, f.Code, f.Param, f.Target, f.Message}
}

func (a *Attempt) json() attemptJSON {
	return attemptJSON{Target: a.Target, Provider: a.Provider, VirtualKey: a.VirtualKey, Credential: a.Credential, Fingerprint: a.CredentialFingerprint, Model: a.Model, Host: a.Host, SpanID: a.Span.String(),
		Status: a.Status, Retry: a.Retry, Start: a.Start.Microseconds(), Duration: a.Duration.Microseconds(), FirstChunk: a.FirstChunk.Microseconds(),
		Wait: a.Wait.Microseconds(), Chunks: a.Chunks, LongestGap: a.LongestGap.Microseconds(),
		Served: a.Served, ResponseID: a.ResponseID, Finish: a.Finish, Usage: usageOf(a.Usage), Error: a.Error.json()}
}

func (g *Guardrail) json() guardrailJSON {
	v := guardrailJSON{ID: g.ID, Version: g.Version, Phase: "input", Pass: g.Pass, Deny: g.Deny, Action: g.Action.String(),
		Target: g.Target, Replayed: g.Replayed, Duration: g.Duration.Microseconds(), Checks: []checkJSON{}}
	if g.Output {
		v.Phase = "output"
	}
	for _, c := range g.Checks {
		v.Checks = append(v.Checks, checkJSON{c.ID, c.Pass, c.Error, c.Explanation, c.Duration.Microseconds()})
	}
	return v
}

func promptCacheOf(p *gateway.PromptCacheFact) *promptCacheJSON {
	if p == nil {
		return nil
	}
	v := &promptCacheJSON{State: string(p.State), Session: p.Session, Source: string(p.Source), Previous: p.Previous, Path: p.Path, ChangedBy: string(p.ChangedBy)}
	if p.Previous != "" {
		v.Kept, v.Bytes = &p.Kept, &p.Bytes
	}
	if p.State == gateway.PromptDeparted {
		v.DepartedAt = &p.DepartedAt
	}
	return v
}

func usageOf(u *gateway.Usage) *usageJSON {
	if u == nil {
		return nil
	}
	return &usageJSON{u.Input, u.Output, u.Input + u.Output, u.CacheRead, u.CacheWrite, u.Reasoning,
		u.CacheWrite1h, u.AudioInput, u.AudioCacheRead, u.AudioOutput, u.ImageInput, u.ImageCacheRead, u.ImageOutput, u.VideoInput,
		u.Searches, u.Images, u.InputCharacters, u.InputSeconds, u.OutputSeconds, u.Queries, u.Pages, u.Requests, u.Terms.Tier, u.Terms.Region, u.Terms.Size, u.Terms.Quality}
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// dollars converts nano-USD to USD, exactly.
func dollars(nano int64) json.Number {
	sign, u := "", uint64(nano)
	if nano < 0 {
		sign, u = "-", -u
	}
	s := strconv.FormatUint(u%1e9+1e9, 10)[1:] // nine digits
	s = strings.TrimRight(s, "0")
	if s != "" {
		s = "." + s
	}
	return json.Number(sign + strconv.FormatUint(u/1e9, 10) + s)
}
