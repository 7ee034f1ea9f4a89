package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/tidwall/gjson"
)

// modelName is what the server calls its model.
const modelName = "smollm2"

// template writes a conversation as SmolLM2 was trained on it. Tools are told in the system message, and
// called by a JSON object between tags, which Ollama
// finds in this template.
const template = `{{- if or .System .Tools }}<|im_start|>system
{{ .System }}
{{- if .Tools }}
Functions that you can call: {{ range .Tools }}{{ .Function }} {{ end }}
To call one, answer with nothing but: <tool_call>{"name": "the function", "arguments": {its arguments}}</tool_call>
{{- end }}<|im_end|>
{{ end }}
{{- range .Messages }}
{{- if eq .Role "tool" }}<|im_start|>user
Result: {{ .Content }}<|im_end|>
{{ else if ne .Role "system" }}<|im_start|>{{ .Role }}
{{ .Content }}
{{- if .ToolCalls }}{{ range .ToolCalls }}<tool_call>{"name": "{{ .Function.Name }}", "arguments": {{ .Function.Arguments }}}</tool_call>{{ end }}
{{- end }}<|im_end|>
{{ end }}
{{- end }}<|im_start|>assistant
`

// server is Ollama with one model. Its directory holds everything that it writes.
type server struct {
	url     string
	version string
	dir     string
	cmd     *exec.Cmd
	exited  chan struct{} // closed when the process has ended
	output  bytes.Buffer  // read after exited
}

// startServer runs Ollama and makes the model from its weights.
func startServer(ctx context.Context, binary, weights string) (*server, error) {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return nil, err
	}
	if weights, err = filepath.Abs(weights); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	s := &server{url: "http://" + address, exited: make(chan struct{})}
	if s.dir, err = os.MkdirTemp("", "sluice-localmodel-"); err != nil {
		return nil, err
	}
	env := []string{"HOME=" + s.dir, "PATH=" + os.Getenv("PATH"), "OLLAMA_HOST=" + address, "OLLAMA_MODELS=" + filepath.Join(s.dir, "models"),
		"OLLAMA_NUM_PARALLEL=1", "OLLAMA_MAX_LOADED_MODELS=1", "OLLAMA_CONTEXT_LENGTH=4096", "OLLAMA_KEEP_ALIVE=30m"}
	s.cmd = exec.CommandContext(context.WithoutCancel(ctx), binary, "serve") // stop ends it
	s.cmd.Env, s.cmd.Stdout, s.cmd.Stderr = env, &s.output, &s.output
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // the model runs in a process below it
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { // ends with the process, which stop waits for
		defer close(s.exited)
		_ = s.cmd.Wait() // the output tells why
	}()
	if err := s.prepare(ctx, binary, weights, env); err != nil {
		s.stop()
		return nil, fmt.Errorf("%w\n%s", err, s.output.Bytes())
	}
	return s, nil
}

// prepare waits until the server answers, and makes the model.
func (s *server) prepare(ctx context.Context, binary, weights string, env []string) error {
	for s.version == "" {
		select {
		case <-s.exited:
			return errors.New("the server has ended")
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
		s.version = s.ask(ctx, "/api/version", "version").String()
	}
	// A call without a limit ends, too; and threads of the model do not wait for each other on a busy machine.
	file := "FROM " + weights + "\nTEMPLATE \"\"\"" + template + "\"\"\"\nPARAMETER stop <|im_end|>\nPARAMETER num_predict 60\nPARAMETER num_thread 1\n"
	name := filepath.Join(s.dir, "Modelfile")
	if err := os.WriteFile(name, []byte(file), 0o600); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, binary, "create", modelName, "-f", name)
	cmd.Env = env
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("ollama create: %w: %s", err, out)
	}
	return nil
}

// ask reads a value of an answer of the server's. It is empty if there is none.
func (s *server) ask(ctx context.Context, path, value string) gjson.Result {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, nil)
	if err != nil {
		return gjson.Result{}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return gjson.Result{}
	}
	defer res.Body.Close()
	var body bytes.Buffer
	_, _ = body.ReadFrom(res.Body) // a part has no value
	return gjson.GetBytes(body.Bytes(), value)
}

// busy is the processor time that the model's process has taken. Only Linux tells it.
func (s *server) busy() (sum time.Duration) {
	all, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is valid
	for _, file := range all {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		var parent, group int
		var user, system int64
		_, rest, _ := strings.Cut(string(stat), ") ") // proc(5): the name may hold spaces
		var skip string
		_, err = fmt.Sscan(rest, &skip, &parent, &group, &skip, &skip, &skip, &skip, &skip, &skip, &skip, &skip, &user, &system)
		if err == nil && group == s.cmd.Process.Pid {
			const tick = time.Second / 100 // USER_HZ is 100 on every Linux that Go runs on
			sum += time.Duration(user+system) * tick
		}
	}
	return sum
}

// stop ends the server with everything that it started, and removes its directory.
func (s *server) stop() {
	_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL) // an error means that it has ended
	<-s.exited
	_ = os.RemoveAll(s.dir) // a temporary directory; what stays is the system's to remove
}
