package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/sluicegate/sluice/test/sluice"
)

// Attack is one class of attack. It may have a method File that returns another server's file than
// serverFile.
type Attack interface {
	Name() string
	// Bounds are what the attacked process may use in all while the class runs.
	Bounds() Bounds
	// Run attacks and notes each try in the result. It returns an error if it could not attack.
	Run(ctx context.Context, t *Target, r *Result) error
}

// Bounds limit the use of the attacked process.
type Bounds struct {
	CPU  time.Duration
	RSS  int64 // growth of the resident set, at its peak
	Disk int64 // growth of the data directory; 0 = not limited
}

const mib = 1 << 20

// usual is enough for the start and for some hundred calls.
var usual = Bounds{CPU: 10 * time.Second, RSS: 200 * mib}

// Target is the process under attack, with two workspaces and their keys.
type Target struct {
	*sluice.Process
	Rand *rand.Rand
}

// The keys of the target. All but the owner's belong to members who are under suspicion here.
const (
	memberKey = "sk-sl-member-0123456789abcdef0123456789abcdef0123456" // of the workspace default
	adminKey  = "sk-sl-admin-0123456789abcdef0123456789abcdef01234567" // of the workspace default
	otherKey  = "sk-sl-other-0123456789abcdef0123456789abcdef01234567" // admin of the workspace other
	boundKey  = "sk-sl-bound-0123456789abcdef0123456789abcdef01234567" // member, bound to the config guarded

	credential = "sk-proj-9f8e7d6c5b4a39281706f5e4d3c2b1a00f1e2d3c4b5a69788796a5b4c3d2e1f006abcdef"
	forbidden  = "xyzzyplugh" // what the config guarded denies
)

const (
	chat     = "/v1/chat/completions"
	messages = "/v1/messages"
)

const serverFile = `
workspaces:
  - {name: default}
  - {name: other}
virtual_keys:
  - {name: up, provider: openai, base_url: UPSTREAM/v1, api_key: ` + credential + `, prices: {"*": {input: 1, output: 10}}}
  - {name: limited, provider: openai, base_url: UPSTREAM/v1, api_key: ` + credential + `, models: [cheap], prices: {"*": {input: 1, output: 10}}}
  - {name: limited-claude, provider: anthropic, base_url: UPSTREAM, api_key: ` + credential + `, models: [cheap], prices: {"*": {input: 1, output: 10}}}
  - {name: limited-gemini, provider: google, base_url: UPSTREAM/v1beta, api_key: ` + credential + `, models: [cheap], prices: {"*": {input: 1, output: 10}}}
  - {name: elsewhere, workspace: other, provider: openai, base_url: UPSTREAM/v1, api_key: sk-other-00112233445566778899aabb}
api_keys:
  - {name: member, key: ` + memberKey + `, member: member@example.com}
  - {name: admin, key: ` + adminKey + `, member: admin@example.com, role: admin}
  - {name: other, key: ` + otherKey + `, member: other@example.com, role: admin, workspace: other}
  - {name: bound, key: ` + boundKey + `, member: bound@example.com, config: guarded}
configs:
  - {slug: guarded, config: {input_guardrails: [{id: no-word, deny: true, checks: [{id: default.contains, parameters: {words: [` + forbidden + `], operator: none}}]}]}}
  - {slug: elsewhere, workspace: other, config: {virtual_key: elsewhere}}
redact: {input: [email, phone, card, ssn], restore: true}
limits: {connections: 600, per_address: 400, memory: 64MiB, header: 2s, body: 2s, write_stall: 3s, idle: 30s}
`

// attacks are all classes, in the order in which they run.
var attacks = []Attack{
	duplicateKeys{}, unfinishedBodies{}, slowHeads{}, hugeHeads{}, pipelines{}, floods{}, refusedCalls{},
	budgets{}, ownConfigs{}, unseenText{}, unseenAnswers{}, modelLists{}, processorBombs{}, textBombs{}, memoryBombs{},
	isolation{}, sharedMembers{}, vendorObjects{}, workspaceParameters{}, redactions{}, batchFiles{}, passedForms{}, passedHeads{}, cutStreams{}, sessions{}, browsers{}, credentials{}, hostileText{}, customHosts{}, splitHeaders{}, crashes{},
}

// Result collects what was tried. It is safe for concurrent use.
type Result struct {
	mu    sync.Mutex
	tries int
	falls []string
}

// Check notes one try. Where it did not hold, the text says what happened and how to repeat it.
func (r *Result) Check(held bool, format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tries++
	if !held {
		r.falls = append(r.falls, fmt.Sprintf(format, args...))
	}
}

// ask is a chat request of one user message.
func ask(model, content, more string) string {
	return `{"model":` + quoted(model) + `,"messages":[{"role":"user","content":` + quoted(content) + `}]` + more + `}`
}
