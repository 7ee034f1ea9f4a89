package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

const cachedConfig = `
virtual_keys:
  - {name: a, provider: openai, base_url: UPSTREAM/v1, api_key: sk-upstream-a-0123456789}
  - {name: b, provider: openai, base_url: UPSTREAM/v1, api_key: sk-upstream-b-0123456789}
  - {name: a, workspace: other, provider: openai, base_url: UPSTREAM/v1, api_key: sk-upstream-c-0123456789}
  - {name: a, workspace: plain, provider: openai, base_url: UPSTREAM/v1, api_key: sk-upstream-d-0123456789}
api_keys:
  - {name: alice, key: sk-sl-member-alice-0000000001, member: alice@corp.example, config: closed}
  - {name: bob, key: sk-sl-member-bob-00000000000002, member: bob@corp.example, config: closed}
  - {name: carol, key: sk-sl-member-carol-0000000003, member: carol@corp.example, workspace: other, config: closed}
  - {name: dave, key: sk-sl-member-dave-00000000004, member: dave@corp.example, workspace: plain}
configs:
  - {slug: closed, config: {redact: {input: [email, phone, card], restore: true}}}
  - {slug: closed, workspace: other, config: {redact: {input: [email, phone, card], restore: true}}}
`

var members = map[string]string{"alice": "sk-sl-member-alice-0000000001", "bob": "sk-sl-member-bob-00000000000002", "carol": "sk-sl-member-carol-0000000003", "dave": "sk-sl-member-dave-00000000004"}

// say sends a question of a member through the semantic cache.
func (s *server) say(member, model, text string, stream bool, header ...string) (answer, status string) {
	s.t.Helper()
	header = append([]string{"Authorization", "Bearer " + members[member], "X-Sluice-Cache", "semantic"}, header...)
	r := s.post(chat, fmt.Sprintf(`{"model":%q,"stream":%t,"messages":[{"role":"user","content":%q}]}`, model, stream, text), header...)
	answer = r.json("choices.0.message.content").String()
	if args := r.json("choices.0.message.tool_calls.0.function.arguments"); args.Exists() {
		answer = args.String()
	}
	if stream && r.StatusCode < 300 {
		answer = ""
		for _, e := range events(r.body) {
			answer += gjson.Get(e, "choices.0.delta.content").String() + gjson.Get(e, "choices.0.delta.tool_calls.0.function.arguments").String()
		}
	}
	if r.StatusCode >= 300 {
		return r.body, fmt.Sprint(r.StatusCode)
	}
	return answer, r.Header.Get("X-Sluice-Cache-Status")
}

// TestCachedAnswersAreRestoredForEachMember: one stored answer is restored with each member's
// own values, in text and in tool arguments, streamed and unary. It never crosses a workspace
// or a redaction policy.
func TestCachedAnswersAreRestoredForEachMember(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	byByte := func(s string) []string { return strings.Split(s, "") }
	up.Set("text", gatewaytest.Reply{Pieces: byByte("Sent to [email_1], not [EMAIL_2] or [EMAIL_12], [PHONE_1]! [EMAIL_1")})
	up.Set("tool", gatewaytest.Reply{Tools: []gatewaytest.Tool{{ID: "call_1", Name: "send", Args: byByte(`{"to":"[EMAIL_1]","key":"[SECRET_1]","[EMAIL_1]":[1]}`)}}})
	s := start(t, cachedConfig, up)
	pem := "-----BEGIN PRIVATE KEY-----\nMIIE\"\\n\t%s\n-----END PRIVATE KEY-----"
	for _, c := range []struct {
		member, want string
		stream       bool
	}{
		{"alice", "MISS", true}, {"bob", "HIT", false}, {"alice", "HIT", true}, {"bob", "HIT", true}, {"carol", "MISS", false}, {"carol", "HIT", true}, {"dave", "MISS", false},
	} {
		mail, key := c.member+"@mail.example", fmt.Sprintf(pem, c.member)
		got, status := s.say(c.member, "@a/text", "Mail "+mail+" and keep [EMAIL_2]", c.stream)
		want := "Sent to " + mail + ", not [EMAIL_2] or [EMAIL_12], [PHONE_1]! [EMAIL_1"
		if c.member == "dave" { // not redacted
			want = "Sent to [email_1], not [EMAIL_2] or [EMAIL_12], [PHONE_1]! [EMAIL_1"
		}
		if got != want || !strings.HasSuffix(status, c.want) {
			t.Errorf("%s %s: %q", c.member, status, got)
		}
		got, status = s.say(c.member, "@a/tool", "Send "+mail+" this: "+key, c.stream)
		if c.member != "dave" && (!gjson.Valid(got) || gjson.Get(got, "to").String() != mail || gjson.Get(got, "key").String() != key || !strings.Contains(got, `"`+mail+`":[1]`)) || !strings.HasSuffix(status, c.want) {
			t.Errorf("%s %s: arguments %q", c.member, status, got)
		}
	}
	if up.Hits("text") != 3 || up.Hits("tool") != 3 {
		t.Error(up.Hits("text"), up.Hits("tool"))
	}
	s.say("alice", "@a/gpt", "Tell [EMAIL_1] what Ada says", false) // the upstream echoes
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			mail := fmt.Sprintf("m%d@mail.example", i)
			if got, status := s.say([]string{"alice", "bob"}[i%2], "@a/gpt", "Tell "+mail+" what Ada says", i%3 == 0); got != "Tell "+mail+" what Ada says" {
				t.Errorf("%d %s: %q", i, status, got)
			}
		})
	}
	all.Wait()
}

// TestModelMadeData: personal data that the model made up reaches the caller, but no record and
// no cache.
func TestModelMadeData(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	url, spans := collector(t)
	s := start(t, cachedConfig+"telemetry: {otlp: {endpoint: "+url+"}}\n", up)
	made := map[string]string{"made": "The owner is " + canaryMail + ", card " + canaryCard + ".", "split": "kept [EMAIL_1]"}
	up.Set("made", gatewaytest.Reply{Pieces: strings.Split(made["made"], "")})
	up.Set("made-tool", gatewaytest.Reply{Tools: []gatewaytest.Tool{{ID: "c", Name: "f", Args: []string{`{"to":"canary.bird@exa`, `mple.com","card":` + canaryCard + `}`}}}})
	for _, stream := range []bool{false, true} {
		for range 2 {
			if got, status := s.say("alice", "@a/made", "Who owns this?", stream); got != made["made"] || strings.HasSuffix(status, "HIT") {
				t.Errorf("%s %q", status, got)
			}
			if got, status := s.say("bob", "@a/made-tool", "Call it", stream); gjson.Get(got, "to").String() != canaryMail || strings.HasSuffix(status, "HIT") {
				t.Errorf("%s %q", status, got)
			}
		}
	}
	sweep(t, s, up, nil, spans, map[string]string{"mail": canaryMail, "card": canaryCard})
}

// TestWhatIsNotStored: errors, denied answers, answers of fallback targets, cut streams and
// cancelled calls are not stored. Flags are replayed, and a refresh calls the model again.
func TestWhatIsNotStored(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	up.Set("down", gatewaytest.Reply{Status: 500, Body: `{"error":{"message":"down"}}`})
	up.Set("cut", gatewaytest.Reply{Pieces: []string{"one ", "two ", "three"}, Fault: gatewaytest.Fault{Cut: true, CutAfter: 2}})
	up.Set("slow", gatewaytest.Reply{Pieces: []string{"one ", "two ", "three ", "four"}, Fault: gatewaytest.Fault{Between: 80 * time.Millisecond}})
	up.Set("filtered", gatewaytest.Reply{Text: "no", Finish: "content_filter"})
	up.Set("answer", gatewaytest.Reply{Text: "forty-two"})
	s := start(t, cachedConfig, up)
	config := func(more string) []string {
		return []string{"X-Sluice-Config", `{"cache":{"mode":"semantic"},` + more + `}`}
	}
	deny := `"output_guardrails":[{"default.contains":{"operator":"none","words":["forty"]},"deny":%t}]`
	fallback := `"strategy":{"mode":"fallback"},"targets":[{"virtual_key":"a","override_params":{"model":"down"}},{"virtual_key":"b","override_params":{"model":"answer"}}]`
	for _, c := range []struct {
		name, model, config, want string
		calls                     int // of three requests: unary, streamed, unary
	}{
		{"stored", "@a/answer", `"retry":0`, "HIT", 1},
		{"an error", "@a/down", `"retry":0`, "500", 3},
		{"cut", "@a/cut", `"retry":0`, "502", 3},
		{"filtered", "@a/filtered", `"retry":0`, "MISS", 3},
		{"denied", "@a/answer", fmt.Sprintf(deny, true), "446", 3},
		{"flagged", "@a/answer", fmt.Sprintf(deny, false), "HIT", 1},
		{"fallback", "x", fallback, "MISS", 6},
	} {
		before := up.Hits("")
		var status string
		for i := range 3 {
			_, status = s.say("alice", c.model, "What is the answer, "+c.name+"?", i == 1, config(c.config)...)
		}
		if !strings.HasSuffix(status, c.want) || up.Hits("")-before != c.calls {
			t.Errorf("%s: %s, %d calls", c.name, status, up.Hits("")-before)
		}
	}
	r := s.post(chat, `{"model":"@a/answer","messages":[{"role":"user","content":"What is the answer, flagged?"}]}`, append(config(fmt.Sprintf(deny, false)), "Authorization", "Bearer "+members["alice"])...)
	if r.StatusCode != 246 || !strings.HasSuffix(r.Header.Get("X-Sluice-Cache-Status"), "HIT") || r.json("hook_results.after_request_hooks.0.verdict").Bool() || strings.Contains(r.json("hook_results").Raw, "forty-two") {
		t.Errorf("replayed verdict: %d %s %s", r.StatusCode, r.Header.Get("X-Sluice-Cache-Status"), r.body)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodPost, s.url+chat, strings.NewReader(`{"model":"@a/slow","stream":true,"messages":[{"role":"user","content":"Slowly?"}]}`))
	req.Header.Set("Authorization", "Bearer "+members["alice"])
	req.Header.Set("X-Sluice-Cache", "semantic")
	req.Header.Set("X-Sluice-Trace-Id", "hang-up")
	if res, err := http.DefaultClient.Do(req); err == nil {
		buf := make([]byte, 64)
		_, _ = res.Body.Read(buf)
		<-ctx.Done()
		_ = res.Body.Close()
	}
	s.logged("hang-up") // until then the same question would join the call under way
	if got, status := s.say("alice", "@a/slow", "Slowly?", false); got != "one two three four" || !strings.HasSuffix(status, "MISS") {
		t.Errorf("after a hang-up: %s %q", status, got)
	}
	up.Set("answer", gatewaytest.Reply{Text: "forty-three"})
	for _, c := range []struct{ header, want, status string }{{"false", "forty-two", "HIT"}, {"true", "forty-three", "REFRESH"}, {"false", "forty-three", "HIT"}} {
		if got, status := s.say("alice", "@a/answer", "what is the answer,  stored", true, append(config(`"retry":0`), "X-Sluice-Cache-Force-Refresh", c.header)...); got != c.want || !strings.HasSuffix(status, c.status) {
			t.Errorf("refresh %s: %s %q", c.header, status, got)
		}
	}
	if code := s.stop(syscall.SIGTERM); code != 0 {
		t.Error(code, s.output)
	}
}
