package demo

import (
	"fmt"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// agent is a coding agent as it shows in rows.
type agent struct {
	userAgent string
	source    gateway.SessionSource
}

var (
	claudeCode = agent{"claude-cli/2.0.14 (external, cli)", gateway.SessionClaudeCode}
	codex      = agent{"codex_cli_rs/0.46.0", gateway.SessionCodex}
)

// session makes the turns of a coding agent's session. Each sends the whole conversation again, of
// which the provider reads the earlier part from its prompt cache.
func (h *hour) session(at time.Time) {
	by, m, task := h.caller(true), pick(h, agentModels), pick(h, tasks)
	a, route := claudeCode, "/v1/messages"
	if m.provider == "openai" {
		a, route = codex, "/v1/responses"
	}
	var id [16]byte
	h.fill(id[:])
	session := fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
	asked, read := int64(h.between(9_000, 16_000)), int64(0)
	turns := h.between(3, 14)
	var previous *telemetry.Record
	for i := range turns {
		r := h.row(at, by, m, route)
		r.Stream, r.UserAgent, r.Session, r.SessionSource = true, a.userAgent, session, a.source
		r.Metadata = append(r.Metadata, telemetry.Pair{Key: "feature", Value: "coding"})
		if r.PromptCache = h.departs(r, previous, read); r.PromptCache.State == gateway.PromptDeparted {
			read = int64(float64(read) * float64(r.PromptCache.Kept) / float64(r.PromptCache.Bytes))
		}
		previous = r
		usage := gateway.Usage{Input: asked, CacheRead: read, Output: int64(h.between(60, 900))}
		if m.provider == "anthropic" {
			usage.CacheWrite = asked - read
		}
		step := task.steps[i%len(task.steps)]
		answered := turn{"assistant", step.says}
		finish := "tool_calls"
		if i == turns-1 {
			answered.text, finish = task.result, "stop"
		} else {
			r.Tools = []telemetry.ToolUse{{Name: step.tool, Calls: h.between(1, 3)}}
		}
		r.Request = requestBody(m.name, true, turn{"system", "You are a coding agent in a terminal."}, turn{"user", task.ask})
		if h.chance(4) {
			h.fail(r, m, overloaded)
			r.Attempts[0].Wait = pause
			r.Waited = pause
		}
		h.answer(r, m, usage, finish)
		r.Response, r.SentRequest = responseBody(r.ID, r.Served, answered, usage), true
		stages(r)
		if !h.keep(r) {
			return
		}
		at = r.Time.Add(r.Latency + time.Duration(h.between(2, 45))*time.Second)
		read = asked
		asked += usage.Output + int64(h.between(200, 4_000))
	}
	if h.chance(30) {
		h.judge(h.rows[len(h.rows)-1])
	}
}
