package e2e

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

const agentsConfig = `
virtual_keys:
  - {name: claude, provider: anthropic, base_url: UPSTREAM, api_key: none}
  - {name: codex, provider: openai, base_url: UPSTREAM/v1, api_key: none, formats: [chat, responses]}
  - {name: gem, provider: google, base_url: UPSTREAM, api_key: none}
`

const rulesText = "You are an agent. Today is Monday. Ask ada@mail.example, 415-555-2671, where you are in doubt."

// TestAgentTurns runs 200 turns of agents' sessions through the binary, each shape without and
// with redaction. A target of the agent's own format gets the prompt byte for byte, or with each
// value replaced; every turn begins with the prompt of the turn before; and the row says so.
func TestAgentTurns(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, agentsConfig, up)
	const turns = 25
	for _, shape := range agentShapes {
		for _, redact := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, redaction %v", shape.name, redact), func(t *testing.T) {
				a := newAgentRun(shape, fmt.Sprintf("session-%v", redact))
				config := ""
				if redact {
					config = redacting
				}
				var ids []string
				var before []byte
				for a.turn = range turns {
					body := shape.body(a, rulesText)
					id, got := a.send(t, s, up, body, config)
					if !redact {
						for _, list := range shape.lists {
							if in, out := gjson.Get(body, list).Raw, gjson.GetBytes(got, list).Raw; in != out {
								t.Fatalf("turn %d: %s went in as\n%s\nand out as\n%s", a.turn, list, in, out)
							}
						}
					} else if personal.Match(got) {
						t.Fatalf("turn %d: not redacted: %s", a.turn, got)
					}
					if err := beginsWith(shape, before, got); err != nil {
						t.Fatalf("turn %d: %v", a.turn, err)
					}
					ids, before = append(ids, id), got
				}
				rows := s.promptCaches(ids[turns-1])
				for i, id := range ids {
					state, previous := "unknown", ""
					if i > 0 {
						state, previous = "kept", ids[i-1]
					}
					row := rows[id]
					if row.Get("state").String() != state || row.Get("previous_request").String() != previous || row.Get("kept_bytes").Raw != row.Get("previous_bytes").Raw {
						t.Errorf("turn %d: %s, want %s of %s", i, row, state, previous)
					}
				}
			})
		}
	}
}

// TestPlantedDepartures: a change in turn 3 is named by sluice trace, with its byte, its path and
// who made it.
func TestPlantedDepartures(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, agentsConfig, up)
	const task = "Repair the parser, then write to ada@mail.example or call 415-555-2671."
	for _, shape := range agentShapes {
		other := strings.Replace(rulesText, "Monday", "Tuesday", 1)
		overridden := func(rules string) string {
			return `{"redact":["email"],"override_params":` + strings.Replace(shape.override, "RULES", quote(rules), 1) + `}`
		}
		for _, c := range []struct {
			name          string
			rules, task   string // of the caller, from turn 3 on
			before, after string // configs
			path, marker  string // the marker stands where the prompt departs
			by            string
		}{
			{"caller, system", other, task, `{"redact":["email"]}`, `{"redact":["email"]}`, shape.system, "Tuesday", "caller"},
			{"caller, message", rulesText, strings.Replace(task, "parser", "printer", 1), ``, ``, shape.first, "rinter", "caller"},
			{"redaction", strings.Replace(rulesText, "415-555-2671", "later", 1), task, `{"redact":["email"]}`, `{"redact":["email","phone"]}`, shape.first, "[PHONE_", "redaction"},
			{"override", rulesText, task, overridden(rulesText), overridden(other), shape.system, "Tuesday", "override"},
		} {
			if shape == opencodeShape && c.by == "override" {
				continue // a list of messages that replaces the caller's is no conversation
			}
			t.Run(shape.name+", "+c.name, func(t *testing.T) {
				a := newAgentRun(shape, "planted "+c.name)
				a.task = task
				rules, config := rulesText, c.before
				var ids []string
				var departed []byte
				if c.by == "redaction" {
					rules = c.rules
				}
				for a.turn = range 6 {
					if a.turn == 3 {
						rules, config = c.rules, c.after
						a.replaceTask(c.task)
					}
					id, got := a.send(t, s, up, shape.body(a, rules), config)
					if ids = append(ids, id); a.turn == 3 {
						departed = got
					}
				}
				rows := s.promptCaches(ids[len(ids)-1])
				for i, id := range ids[1:] {
					if state := rows[id].Get("state").String(); (state == "kept") != (i+1 != 3) {
						t.Errorf("turn %d: %s", i+1, rows[id])
					}
				}
				checkTrace(t, s.command("trace", ids[3]), ids[2], c.path, c.marker, c.by, departed)
			})
		}
	}
}

// TestPlantedPromptVersion: another version of a template is named as what changed the prompt.
func TestPlantedPromptVersion(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, agentsConfig, up)
	body := func(day string) string {
		return `{"body":{"messages":[{"role":"system","content":"Always answer politely. Today is ` + day + `."}]}}`
	}
	if r := s.post("/v1/prompts", strings.Replace(body("Monday"), `{"body"`, `{"slug":"house","body"`, 1)); r.StatusCode >= 300 {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	for _, shape := range []*agentShape{claudeCodeShape, opencodeShape} {
		t.Run(shape.name, func(t *testing.T) {
			a := newAgentRun(shape, "template")
			var ids []string
			var departed []byte
			key, _, _ := strings.Cut(strings.TrimPrefix(shape.model, "@"), "/")
			config := `{"prompt_id":"house@latest","virtual_key":"` + key + `"}`
			for a.turn = range 4 {
				if a.turn == 2 {
					day := map[string]string{"Claude Code": "Tuesday", "opencode": "Wednesday"}[shape.name]
					if r := s.post("/v1/prompts/house/versions", body(day)); r.StatusCode >= 300 {
						t.Fatalf("%d %s", r.StatusCode, r.body)
					}
				}
				id, got := a.send(t, s, up, shape.body(a, rulesText), config)
				if ids = append(ids, id); a.turn == 2 {
					departed = got
				}
			}
			if rows := s.promptCaches(ids[3]); rows[ids[1]].Get("state").String() != "kept" || rows[ids[3]].Get("state").String() != "kept" {
				t.Error(rows)
			}
			path, day := "system.0.text", "Tuesday"
			if shape == opencodeShape {
				path, day = "messages.0.content", "Wednesday"
			}
			checkTrace(t, s.command("trace", ids[2]), ids[1], path, day, "prompt", departed)
		})
	}
}

func newAgentRun(shape *agentShape, id string) *agentRun {
	return &agentRun{shape: shape, id: shape.name + " " + id, task: "Repair the parser's tests; they are in main_test.go."}
}

// send sends a turn and notes the answer. It returns the request id and the body that went
// upstream.
func (a *agentRun) send(t *testing.T, s *server, up *gatewaytest.Upstream, body, config string) (id string, got []byte) {
	t.Helper()
	reply := gatewaytest.Reply{Reasoning: "They want turn " + fmt.Sprint(a.turn), Signature: "RXE0/+Zm" + fmt.Sprint(a.turn) + "2c1nbmF0dXJl==", Text: "I look at it. <b>é</b>"}
	reply.Tools = []gatewaytest.Tool{{ID: fmt.Sprintf("toolu_%d", a.turn), Name: "Bash", Args: []string{`{"command": "go test ./...","timeout":1.0}`}}}
	for _, model := range []string{"claude-opus-4-7", "gpt-5.5", "gemini-2.5-pro", "gpt-mock"} {
		up.Set(model, reply)
	}
	header := slices.Clone(a.shape.header)
	for i := range header {
		if header[i] == "SESSION" {
			header[i] = a.id
		}
	}
	if config != "" {
		header = append(header, "X-Sluice-Config", config)
	}
	r := s.post(a.shape.path, body, header...)
	if r.StatusCode != 200 {
		t.Fatalf("turn %d: %d %s\n%s", a.turn, r.StatusCode, r.body, body)
	}
	if a.shape == claudeCodeShape && !strings.Contains(config, "override_params") && (strings.Contains(string(up.Last().Body), "billing-header") || r.Header.Get("X-Sluice-Dropped") != "system[0]") {
		t.Fatalf("turn %d: the billing line went to a server that is not Anthropic's; dropped: %s", a.turn, r.Header.Get("X-Sluice-Dropped"))
	}
	a.shape.answered(a, gjson.Parse(r.body))
	return r.Header.Get("X-Sluice-Request-Id"), up.Last().Body
}

// replaceTask changes the user's first text in what was said before.
func (a *agentRun) replaceTask(task string) {
	for i := range a.before {
		a.before[i] = strings.ReplaceAll(a.before[i], quote(a.task), quote(task))
	}
	a.task = task
}

var movingPoint = regexp.MustCompile(`,"cache_control":\{[^{}]*\}`)

// beginsWith checks that the lists of a body begin with those of the body before. The cache point
// of the last message may have moved.
func beginsWith(shape *agentShape, before, now []byte) error {
	if before == nil {
		return nil
	}
	for _, name := range shape.lists {
		a, b := gjson.GetBytes(before, name), gjson.GetBytes(now, name)
		if !a.IsArray() {
			if a.Raw != b.Raw {
				return fmt.Errorf("%s became %s", a.Raw, b.Raw)
			}
			continue
		}
		was, is := a.Array(), b.Array()
		for i := range was {
			if i >= len(is) || movingPoint.ReplaceAllString(was[i].Raw, "") != movingPoint.ReplaceAllString(is[i].Raw, "") {
				return fmt.Errorf("%s[%d]: %s", name, i, was[i].Raw)
			}
		}
	}
	return nil
}

// promptCaches waits for the row of the last request, and returns what the newest rows say of
// prompt caches, by request id.
func (s *server) promptCaches(last string) map[string]gjson.Result {
	s.t.Helper()
	s.logged(last)
	rows := map[string]gjson.Result{}
	for _, row := range s.get("/v1/logs?limit=100").json("data").Array() {
		rows[row.Get("id").String()] = row.Get("prompt_cache")
	}
	return rows
}

// checkTrace checks the line of sluice trace: the marker in sent is where the prompt departs.
func checkTrace(t *testing.T, trace, previous, path, marker, by string, sent []byte) {
	t.Helper()
	value := gjson.GetBytes(sent, path)
	at := value.Index + bytes.Index([]byte(value.Raw), []byte(marker))
	written := regexp.MustCompile(`\.(\d+)`).ReplaceAllString(path, "[$1]")
	want := fmt.Sprintf("prompt cache: departed from %s at %s · byte %d · changed by %s ·", previous, written, at, by)
	if !strings.Contains(trace, want) || !strings.Contains(value.Raw, marker) {
		t.Errorf("want %q at %q in\n%s\nsent %.400s", want, marker, trace, sent)
	}
}
