package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sluicegate/sluice/test/clients/double"
)

// agentTime bounds one question to an agent.
const agentTime = 4 * time.Minute

// agents are programs with a loop of tools. Their scripts start them once per question.
var agents = []Client{
	{"Claude Code", "Claude Code", "@anthropic-ai/claude-code", "messages", "agent", "claude.sh", ""},
	{"Codex", "Codex", "@openai/codex", "responses", "agent", "codex.sh", ""},
	{"Codex gpt-5.5", "Codex", "@openai/codex", "responses", "agent", "codex.sh", "gpt-5.5"},
	{"Codex gpt-6-sol", "Codex", "@openai/codex", "responses", "agent", "codex.sh", "gpt-6-sol"},
	{"Gemini CLI", "Gemini CLI", "@google/gemini-cli", "gemini", "agent", "gemini.sh", ""},
	{"opencode", "opencode", "opencode-ai", "chat", "agent", "opencode.sh", "@ai-sdk/openai-compatible"},
	{"opencode @ai-sdk/anthropic", "opencode", "opencode-ai", "messages", "agent", "opencode.sh", "@ai-sdk/anthropic"},
	{"Qwen Code", "Qwen Code", "@qwen-code/qwen-code", "chat", "agent", "qwen.sh", ""},
	{"Aider", "Aider", "aider-chat", "chat", "agent", "aider.sh", ""},
}

// question is what an agent is asked, and what its output must look like. An agent that streams
// every answer has no column of its own for it.
type question struct {
	feature, prompt string
	key             func(Target) string
	judge           func(output, folder string, err error) error
}

// secretCard stands in for an address: agents read a file name behind an @.
const secretCard = double.SecretCard

func questions(word string) []question {
	contains := func(text string) func(string, string, error) error {
		return func(output, _ string, err error) error {
			if !strings.Contains(output, text) {
				return fmt.Errorf("the output does not hold %q (%w): %s", text, err, tail(output))
			}
			return nil
		}
	}
	return []question{
		{"stream", "Please greet. scenario-plain", Target.key, contains("Hello from the upstream.")},
		{"tools", "Read the file FOLDER/note.txt and write the word in it into FOLDER/answer.txt. scenario-agent", Target.key, func(output, folder string, err error) error {
			text, readErr := os.ReadFile(filepath.Join(folder, "answer.txt"))
			if readErr != nil || strings.TrimSpace(string(text)) != word {
				return fmt.Errorf("answer.txt holds %q (%w): %s", text, readErr, tail(output))
			}
			return contains("The note holds "+word+" indeed.")(output, folder, err)
		}},
		{"errors", "scenario-plain", func(Target) string { return "sk-wrong-key" }, func(output, _ string, err error) error {
			if lower := strings.ToLower(output); !strings.Contains(lower, "api key") && !strings.Contains(lower, "401") && !strings.Contains(lower, "auth") {
				return fmt.Errorf("the output does not speak of the key (%w): %s", err, tail(output))
			}
			return nil
		}},
		{"broken", "scenario-cut", Target.key, func(output, _ string, err error) error {
			var exit *exec.ExitError
			failed := errors.As(err, &exit) && exit.ExitCode() > 0 // -1: it was killed, as it did not end
			if lower := strings.ToLower(output); !failed && !strings.Contains(lower, "error") && !strings.Contains(lower, "broke") {
				return fmt.Errorf("half an answer passes for a whole one (%w): %s", err, tail(output))
			}
			return nil
		}},
		{"redaction", "Remember the card " + secretCard + " now. scenario-echo", Target.redactKey, func(output, folder string, err error) error {
			_, answer, _ := strings.Cut(output, "You wrote: ") // before it, some print the question
			return contains(secretCard)(answer, folder, err)
		}},
	}
}

func tail(output string) string {
	output = strings.TrimSpace(output)
	if len(output) > 600 {
		output = "…" + output[len(output)-600:]
	}
	return strings.Join(strings.Fields(output), " ")
}

// ask asks an agent every question at one target.
func (p place) ask(ctx context.Context, c Client, t Target, wanted string) (results []result, stderr string, err error) {
	seed := make([]byte, 6)
	_, _ = rand.Read(seed) // never fails
	word := "word-" + hex.EncodeToString(seed)
	for _, q := range questions(word) {
		if !slices.Contains(wantedFeatures(wanted), q.feature) {
			continue
		}
		begin := time.Now()
		home, err := os.MkdirTemp("", "sluice-agent-")
		if err != nil {
			return results, stderr, err
		}
		folder := filepath.Join(home, "project")
		if err = os.Mkdir(folder, 0o700); err == nil {
			err = os.WriteFile(filepath.Join(folder, "note.txt"), []byte("The word is "+word+".\n"), 0o600)
		}
		if err == nil {
			var output, complaints string
			output, complaints, err = p.start(ctx, c, t, q, home, folder)
			stderr += complaints
			err = q.judge(output+"\n"+complaints, folder, err)
		}
		r := result{Feature: q.feature, State: whole}
		if err != nil {
			r.State, r.Detail = broken, err.Error()
		}
		results = append(results, r)
		p.say("%s at %s: %s is %s after %v", c.Name, t, r.Feature, r.State, time.Since(begin).Round(time.Millisecond))
		_ = os.RemoveAll(home) // a temporary directory; what stays is the system's to remove
	}
	for _, f := range features {
		if !reported(results, f) {
			results = append(results, result{Feature: f, State: absent})
		}
	}
	return results, stderr, nil
}

func reported(results []result, feature string) bool {
	for _, r := range results {
		if r.Feature == feature {
			return true
		}
	}
	return false
}

func (p place) start(ctx context.Context, c Client, t Target, q question, home, folder string) (stdout, stderr string, err error) {
	agents := filepath.Join(p.folder, "agents")
	env := append(isolated(home, filepath.Join(agents, "node_modules/.bin")+":"+filepath.Join(agents, "aider/.venv/bin")),
		"SLUICE_BASE="+p.gateway.URL, "SLUICE_KEY="+q.key(t), "SLUICE_MODEL="+models[t][0], "PROMPT="+strings.ReplaceAll(q.prompt, "FOLDER", folder))
	return execute(ctx, agentTime, folder, env, filepath.Join(agents, c.Script), c.Arg)
}
