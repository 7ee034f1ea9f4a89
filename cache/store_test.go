package cache_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/memindex"
	"github.com/sluicegate/sluice/gateway"
)

// TestStoreRules asks twice; the second answer tells whether the first was stored.
func TestStoreRules(t *testing.T) {
	long := `{"choices":[{"index":0,"message":{"content":"` + strings.Repeat("x", 3000) + `"},"finish_reason":"stop"}]}`
	for name, c := range map[string]struct {
		change func(u *upstream)
		stored bool
		reason string
	}{
		"stop":           {func(u *upstream) {}, true, ""},
		"length":         {func(u *upstream) { u.finish = "length" }, true, ""},
		"tool calls":     {func(u *upstream) { u.finish = "tool_calls" }, true, ""},
		"content filter": {func(u *upstream) { u.finish = "content_filter" }, false, "no proper finish reason"},
		"error":          {func(u *upstream) { u.finish = "error" }, false, "no proper finish reason"},
		"flagged":        {func(u *upstream) { u.output = []gateway.Verdict{{Guardrail: "g", Action: gateway.ActionFlag}} }, true, ""},
		"denied":         {func(u *upstream) { u.output = []gateway.Verdict{{Guardrail: "g", Action: gateway.ActionDeny}} }, false, "denied"},
		"fallback":       {func(u *upstream) { u.attempt.Target = "config.targets[1]" }, false, "fallback"},
		"status":         {func(u *upstream) { u.attempt.Status = 206 }, false, "status"},
		"failed":         {func(u *upstream) { u.attempt.Err = &gateway.Error{Kind: gateway.Upstream} }, false, "no attempt"},
		"broken":         {func(u *upstream) { u.broken = true }, false, "broke off"},
	} {
		for _, stream := range []string{"", `"stream":true,`} {
			r := newRig(t, nil)
			c.change(r.up)
			body := strings.Replace(chat("Why is the sky blue?"), "{", "{"+stream, 1)
			f, _ := r.ask(body)
			if f.Cache.Stored != c.stored || !strings.Contains(f.Cache.Reason, c.reason) || strings.HasPrefix(f.Cache.Reason, "not stored: ") == c.stored {
				t.Errorf("%s %s: stored %v, reason %q", name, stream, f.Cache.Stored, f.Cache.Reason)
			}
			*r.up = upstream{calls: 1}
			if f, _ = r.ask(body); f.Cache.Status.Hit() != c.stored {
				t.Errorf("%s %s: second was %s", name, stream, outcome(f))
			}
		}
	}
	r := newRig(t, func(s *cache.Config) { s.MaxAnswer = 2000 })
	for _, body := range []string{long, `{"error":{"message":"no"}}`, `{"choices":[]}`} {
		r.up.answer = body
		if f, _ := r.ask(chat("hello you")); f.Cache.Stored {
			t.Errorf("stored %.40s", body)
		}
	}
}

// TestLeft closes the answer before its end: it must not be stored.
func TestLeft(t *testing.T) {
	r := newRig(t, nil)
	body := strings.Replace(chat("Why is the sky blue?"), "{", `{"stream":true,`, 1)
	for n := range 4 {
		s, err := r.chain(context.Background(), r.exchange(body))
		if err != nil {
			t.Fatal(err)
		}
		for range n {
			if _, err := s.Next(); err != nil {
				t.Fatal(err)
			}
		}
		s.Close()
		if st := r.cache.Stats(); st.Entries != 0 || st.Stored != 0 {
			t.Fatalf("left after %d chunks and stored", n)
		}
	}
}

// TestHit checks the Facts of a hit, for every combination of streamed and whole answers.
func TestHit(t *testing.T) {
	stream := strings.Replace(chat("Why is the sky blue?"), "{", `{"stream":true,`, 1)
	for _, pair := range [][2]string{{chat("Why is the sky blue?"), stream}, {stream, chat("Why is the sky blue?")}, {stream, stream}} {
		r := newRig(t, nil)
		r.up.output = []gateway.Verdict{{Guardrail: "g", Pass: false, Action: gateway.ActionFlag}}
		first, answer := r.ask(pair[0])
		f, again := r.ask(pair[1], func(ex *gateway.Exchange) { ex.ID = "ex2" })
		if r.up.calls != 1 || outcome(f) != "HIT exact" || f.Cache.Origin != "ex1" || f.Cache.Stored {
			t.Fatalf("%d calls, %+v", r.up.calls, f.Cache)
		}
		if f.Cost != (gateway.Cost{Known: true, ChargedKnown: true, Saved: 4200}) || f.Usage == nil || *f.Usage != *first.Usage {
			t.Errorf("cost %+v, usage %+v", f.Cost, f.Usage)
		}
		if len(f.Output) != 1 || !f.Output[0].Replayed || f.Output[0].Guardrail != "g" || first.Output[0].Replayed {
			t.Errorf("verdicts %+v, first %+v", f.Output, first.Output)
		}
		if len(f.Attempts) != 0 || again.Choices[0].Text() != answer.Choices[0].Text() || again.Choices[0].Finish != "stop" || again.ID != "c1" || again.Created != 7 {
			t.Errorf("attempts %v, answer %s", f.Attempts, again.Body())
		}
	}
}

// TestVendorFields: a hit keeps the vendor's own fields of a whole body.
func TestVendorFields(t *testing.T) {
	r := newRig(t, nil)
	r.ask(chat("Why is the sky blue?"))
	if _, again := r.ask(chat("Why is the sky blue?")); !strings.Contains(string(again.Body()), `"x_vendor":1`) {
		t.Errorf("%s", again.Body())
	}
}

func TestLifetimes(t *testing.T) {
	for _, c := range []struct {
		maxAge, after time.Duration
		hit           bool
	}{
		{0, 24*time.Hour - time.Minute, true}, {0, 24*time.Hour + time.Minute, false},
		{time.Hour, 59 * time.Minute, true}, {time.Hour, 61 * time.Minute, false},
		{time.Second, 500 * time.Millisecond, true}, {time.Second, 2 * time.Second, false}, // short ones are obeyed
		{365 * 24 * time.Hour, 89 * 24 * time.Hour, true}, {365 * 24 * time.Hour, 91 * 24 * time.Hour, false}, // the most
		{90 * 24 * time.Hour, 89 * 24 * time.Hour, true},
	} {
		for _, second := range []string{"Why is the sky blue?", "why is the sky blue", "Tell me why the sky is blue."} {
			r := newRig(t, nil)
			r.plan.Cache.MaxAge = c.maxAge
			r.ask(chat("Why is the sky blue?"))
			r.clock.Add(c.after)
			if f, _ := r.ask(chat(second)); f.Cache.Status.Hit() != c.hit {
				t.Errorf("max age %v after %v, %q: %s", c.maxAge, c.after, second, outcome(f))
			}
		}
	}
	r := newRig(t, nil)
	r.ask(chat("Why is the sky blue?"))
	r.clock.Add(time.Hour)
	r.plan.Cache.MaxAge = 10 * time.Minute // the reader wants fresher answers than the writer kept
	if f, _ := r.ask(chat("Why is the sky blue?")); f.Cache.Status.Hit() {
		t.Error("an answer older than the reader's max age was served")
	}
}

// TestPortkeysLifetimes: who takes Sluice for Portkey gets 7 days without a max_age, and instead of
// less than a minute. Nobody else does.
func TestPortkeysLifetimes(t *testing.T) {
	const portkey, week = gateway.CompatPortkey, 7 * 24 * time.Hour
	for _, c := range []struct {
		server, caller gateway.Compat
		maxAge, want   time.Duration
	}{
		{portkey, "", 0, week}, {portkey, "", 59 * time.Second, week}, {portkey, "", time.Minute, time.Minute},
		{"", portkey, 59 * time.Second, week}, {portkey, gateway.CompatLiteLLM, 5 * time.Second, 5 * time.Second},
		{"", "", 0, 24 * time.Hour}, {"", "", 5 * time.Second, 5 * time.Second}, {gateway.CompatLiteLLM, "", 0, 24 * time.Hour},
	} {
		r := newRig(t, func(cfg *cache.Config) { cfg.Compat = c.server })
		r.plan.Cache.MaxAge = c.maxAge
		as := func(ex *gateway.Exchange) { ex.Principal.Compat = c.caller }
		if f, _ := r.ask(chat("Why is the sky blue?"), as); f.Cache.MaxAge != c.want {
			t.Errorf("%+v: %v", c, f.Cache.MaxAge)
		}
		r.clock.Add(c.want - 2*time.Millisecond) // each call takes one
		if f, _ := r.ask(chat("Why is the sky blue?"), as); !f.Cache.Status.Hit() {
			t.Errorf("%+v: not served shortly before", c)
		}
		if f, _ := r.ask(chat("Why is the sky blue?"), as); f.Cache.Status.Hit() {
			t.Errorf("%+v: served afterwards", c)
		}
		x, err := r.cache.Explain(context.Background(), r.exchange(chat("Why is the sky blue?"), as))
		if err != nil || x.MaxAge != c.want || x.DefaultAge != (c.want != c.maxAge) {
			t.Errorf("%+v: explained as %v %v, %v", c, x.MaxAge, x.DefaultAge, err)
		}
	}
}

func TestRefresh(t *testing.T) {
	r := newRig(t, nil)
	refresh := func(ex *gateway.Exchange) { ex.Envelope.CacheRefresh = true }
	r.ask(chat("Why is the sky blue?"))
	f, fresh := r.ask(chat("why is the sky blue"), refresh)
	if outcome(f) != "REFRESH" || !f.Cache.Stored || fresh.Choices[0].Text() != "answer 2" {
		t.Fatalf("%+v", f.Cache)
	}
	for _, text := range []string{"why is the sky blue", "Why is the sky blue?", "Please tell me why the sky is blue"} {
		f, got := r.ask(chat(text))
		if !f.Cache.Status.Hit() || got.Choices[0].Text() != "answer 2" {
			t.Errorf("%q: %s %s", text, outcome(f), got.Body())
		}
	}
}

// TestRefreshInOtherWords replaces what is stored for the same question in other words.
func TestRefreshInOtherWords(t *testing.T) {
	r := newRig(t, nil)
	r.ask(chat("Why is the sky blue?"))
	if f, _ := r.ask(chat("Please tell me why the sky is blue"), func(ex *gateway.Exchange) { ex.Envelope.CacheRefresh = true }); outcome(f) != "REFRESH" {
		t.Fatalf("%+v", f.Cache)
	}
	for _, text := range []string{"Why is the sky blue?", "why is the sky blue", "Please tell me why the sky is blue", "Tell me why the sky is blue"} {
		if f, got := r.ask(chat(text)); !f.Cache.Status.Hit() || got.Choices[0].Text() != "answer 2" {
			t.Errorf("%q: %s %s", text, outcome(f), got.Body())
		}
	}
}

// TestTimeDependentQuestions are not stored without a max_age, and never serve another question.
func TestTimeDependentQuestions(t *testing.T) {
	for _, text := range []string{"What is the weather in Oslo today?", "Who is the latest winner of the race?", "今天北京的天气怎么样", "What time is it in Oslo?"} {
		r := newRig(t, nil)
		if f, _ := r.ask(chat(text)); f.Cache.Stored || !strings.Contains(f.Cache.Reason, "time") {
			t.Errorf("%q: %+v", text, f.Cache)
		}
		r.plan.Cache.MaxAge = time.Hour
		r.ask(chat(text))
		if f, _ := r.ask(chat(text)); outcome(f) != "HIT exact" {
			t.Errorf("%q, with max_age: %+v", text, f.Cache)
		}
		if f, _ := r.ask(chat("Please tell me: " + text)); f.Cache.Status.Hit() {
			t.Errorf("%q served another question: %+v", text, f.Cache)
		}
	}
}

// TestNearQuestionsGetWholeTextsOnly: tool calls, cut answers and refusals answer the same
// question only.
func TestNearQuestionsGetWholeTextsOnly(t *testing.T) {
	const text = `{"id":"c1","object":"chat.completion","model":"m","choices":[{"index":0,"message":MESSAGE,"finish_reason":"FINISH"}]}`
	for name, c := range map[string]struct{ message, finish string }{
		"tool call": {`{"role":"assistant","content":null,"tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}]}`, "tool_calls"},
		"cut":       {`{"role":"assistant","content":"The sky is"}`, "length"},
		"refusal":   {`{"role":"assistant","content":null,"refusal":"I cannot tell."}`, "stop"},
	} {
		r := newRig(t, nil)
		r.up.answer = strings.NewReplacer("MESSAGE", c.message, "FINISH", c.finish).Replace(text)
		r.ask(chat("Why is the sky blue?"))
		if f, _ := r.ask(chat("Why is the sky blue?")); outcome(f) != "HIT exact" {
			t.Errorf("%s, same question: %+v", name, f.Cache)
		}
		if f, _ := r.ask(chat("Please tell me why the sky is blue")); f.Cache.Status.Hit() {
			t.Errorf("%s, near question: %+v", name, f.Cache)
		}
	}
}

// TestNoStore: an answer that its caller does not want stored is read from the cache, and not
// written to it; with no-cache it touches nothing.
func TestNoStore(t *testing.T) {
	r := newRig(t, nil)
	noStore := func(ex *gateway.Exchange) { ex.Envelope.CacheNoStore = true }
	refresh := func(ex *gateway.Exchange) { ex.Envelope.CacheRefresh = true }
	if f, _ := r.ask(chat("Why is the sky blue?"), noStore); f.Cache.Stored || outcome(f) != "SEMANTIC MISS" {
		t.Errorf("%+v", f.Cache)
	}
	if f, _ := r.ask(chat("Why is the sky blue?")); f.Cache.Status.Hit() || !f.Cache.Stored {
		t.Errorf("it was stored: %+v", f.Cache)
	}
	if f, _ := r.ask(chat("Why is the sky blue?"), noStore, refresh); f.Cache.Status.Hit() || f.Cache.Stored {
		t.Errorf("neither read nor written: %+v", f.Cache)
	}
	if f, got := r.ask(chat("Why is the sky blue?"), noStore); !f.Cache.Status.Hit() || got.Choices[0].Text() != "answer 2" {
		t.Errorf("the stored answer went: %+v", f.Cache)
	}
}

func TestThreshold(t *testing.T) {
	r := newRig(t, nil)
	r.ask(chat("Why is the sky so blue in summer?"))
	r.plan.Cache.Mode, r.plan.Cache.Threshold = gateway.CacheFixed, 1
	f, _ := r.ask(chat("Why is the sky so blue in the summer?"))
	if f.Cache.Status.Hit() || f.Cache.Similarity < .95 || f.Cache.Threshold != 1 {
		t.Errorf("%+v", f.Cache)
	}
	r.plan.Cache.Threshold = 7 // nonsense: the default
	f, _ = r.ask(chat("And why is the sky so blue in this summer?"))
	if outcome(f) != "SEMANTIC HIT semantic" || f.Cache.Threshold != cache.DefaultThreshold || f.Cache.Similarity < .95 || f.Cache.Similarity > 1 {
		t.Errorf("%+v", f.Cache)
	}
}

func TestBound(t *testing.T) {
	var index *memindex.Index
	r := newRig(t, func(s *cache.Config) { s.MaxBytes, index = 20_000, s.Index.(*memindex.Index) })
	for i := range 100 {
		r.ask(chat("question " + words(i)))
	}
	st := r.cache.Stats()
	if st.Bytes > 20_000 || st.Evicted == 0 || st.Entries == 0 {
		t.Errorf("%+v", st)
	}
	if points, _ := index.Len(); points != st.Entries {
		t.Errorf("%d points for %d answers", points, st.Entries)
	}
	if f, _ := r.ask(chat("question " + words(99))); outcome(f) != "HIT exact" {
		t.Error("the newest answer is gone")
	}
	if f, _ := r.ask(chat("question " + words(0))); f.Cache.Status.Hit() {
		t.Error("an evicted answer was served")
	}
	r.plan.Cache.Mode = gateway.CacheExact
	for i := range 200 {
		r.ask(chat("question " + words(i)))
	}
	points, _ := index.Len()
	if was, st := st.Evicted, r.cache.Stats(); st.Evicted <= was || st.Failed != 0 || points != 0 {
		t.Errorf("%+v, and %d points are left", st, points)
	}
}

// TestPersonal: Personal is called only under a plan that redacts, once, with the choices
// alone.
func TestPersonal(t *testing.T) {
	var asked []string
	r := newRig(t, func(s *cache.Config) {
		s.Personal = func(entities []string, choices []byte) bool {
			asked = append(asked, strings.Join(entities, " ")+": "+string(choices))
			return strings.Contains(string(choices), "555")
		}
	})
	r.ask(chat("Why is the sky blue?"))
	r.plan.Redact = gateway.RedactPolicy{Input: []string{"phone"}}
	r.up.output = []gateway.Verdict{{Guardrail: "g", Action: gateway.ActionDeny}}
	r.ask(chat("Who is denied?"))
	r.up.output = nil
	if len(asked) != 0 {
		t.Errorf("asked in vain: %q", asked)
	}
	for answer, stored := range map[string]bool{"none": true, "dial 555": false} {
		asked, r.up.answer = nil, `{"created":555,"choices":[{"index":0,"message":{"content":"`+answer+`"},"finish_reason":"stop"}],"usage":null}`
		f, _ := r.ask(chat("Whose number is it? " + answer))
		want := `phone: [{"index":0,"message":{"content":"` + answer + `"},"finish_reason":"stop"}]`
		if f.Cache.Stored != stored || len(asked) != 1 || asked[0] != want {
			t.Errorf("stored %v, asked %q", f.Cache.Stored, asked)
		}
	}
}

func TestErrorsPass(t *testing.T) {
	r := newRig(t, nil)
	want := &gateway.Error{Kind: gateway.Denied, Public: "no"}
	chain := gateway.Chain("end", func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return nil, want }, r.cache.Stage())
	ex := r.exchange(chat("hello you"))
	if _, err := chain(context.Background(), ex); err != error(want) || ex.Facts.Cache.Stored {
		t.Error(err)
	}
	if st := r.cache.Stats(); st.Entries != 0 {
		t.Error("stored")
	}
}
