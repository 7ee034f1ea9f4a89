package sluice

import (
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

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// OwnerKey is the API key of the first owner of every process.
const OwnerKey = "sk-sl-owner-0123456789abcdef0123456789abcdef01234567"

// Process is a running Sluice with its upstream and its directory.
type Process struct {
	URL      string
	Dir      string // holds sluice.yaml, data/ and prompts/
	Upstream *gatewaytest.Upstream

	binary string
	cmd    *exec.Cmd
	output *output
	exited chan struct{} // closed when the process has ended
	past   Usage         // of those that ended before it
}

// startTime is how long a process may take until it is ready.
const startTime = 20 * time.Second

// Start runs binary with the server's file config; UPSTREAM in it stands for the address of the
// mock upstream. It returns when the process is ready.
func Start(ctx context.Context, binary, config string) (*Process, error) {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "sluice-process-")
	if err != nil {
		return nil, err
	}
	p := &Process{Dir: dir, Upstream: gatewaytest.NewUpstream(), binary: binary}
	config = strings.ReplaceAll(config, "UPSTREAM", p.Upstream.URL())
	if err = os.WriteFile(filepath.Join(dir, "sluice.yaml"), []byte(config), 0o600); err == nil {
		err = p.Launch(ctx)
	}
	if err != nil {
		p.Stop()
		return nil, err
	}
	return p, nil
}

// Launch starts the process on its directory, also again after [Process.Kill].
func (p *Process) Launch(ctx context.Context) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		return err
	}
	if p.cmd != nil && p.cmd.ProcessState != nil {
		p.past.CPU += p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()
		if used, ok := p.cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			p.past.PeakRSS = max(p.past.PeakRSS, used.Maxrss<<10)
		}
	}
	p.URL, p.output, p.exited = "http://"+address, &output{}, make(chan struct{})
	// Stop and Kill end the process, not the context of its start.
	p.cmd = exec.CommandContext(context.WithoutCancel(ctx), p.binary, "serve", "--config", "sluice.yaml", "--listen", address, "--data", "data")
	p.cmd.Dir = p.Dir
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	p.cmd.Env = append(os.Environ(), "SLUICE_API_KEY="+OwnerKey)
	if err := p.cmd.Start(); err != nil {
		return err
	}
	go func() { // ends with the process; Stop and Kill wait for it
		defer close(p.exited)
		_ = p.cmd.Wait() // ProcessState tells how it ended
	}()
	for end := time.Now().Add(startTime); time.Now().Before(end) && ctx.Err() == nil && p.Running(); time.Sleep(20 * time.Millisecond) {
		if p.Ready(ctx, time.Second) == nil {
			return nil
		}
	}
	return fmt.Errorf("the server did not become ready:\n%s", p.output)
}

// Ready asks /readyz on a connection of its own.
func (p *Process) Ready(ctx context.Context, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+"/readyz", nil)
	if err != nil {
		return err
	}
	req.Close = true
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return errors.New(res.Status)
	}
	return nil
}

// Address is host and port.
func (p *Process) Address() string { return strings.TrimPrefix(p.URL, "http://") }

// Running reports whether the process has not ended.
func (p *Process) Running() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

// Output is what the process has printed since it was launched, at most the last MiB.
func (p *Process) Output() string { return p.output.String() }

// Kill ends the process with SIGKILL and waits for it.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // an error means that it has ended
	<-p.exited
}

// Terminate ends the process with SIGTERM and returns its exit code. The error says that it took
// longer than limit; it is then killed.
func (p *Process) Terminate(limit time.Duration) (int, error) {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // an error means that it has ended
	select {
	case <-p.exited:
		return p.cmd.ProcessState.ExitCode(), nil
	case <-time.After(limit):
		p.Kill()
		return -1, fmt.Errorf("the process did not end within %v", limit)
	}
}

// Goroutines ends the process with the dump of its goroutines and returns it.
func (p *Process) Goroutines() string {
	_ = p.cmd.Process.Signal(syscall.SIGQUIT) // an error means that it has ended
	select {
	case <-p.exited:
	case <-time.After(10 * time.Second):
		p.Kill()
	}
	out := p.Output()
	return out[max(strings.Index(out, "\ngoroutine "), 0):]
}

// Stop ends the process and the upstream and removes the directory.
func (p *Process) Stop() {
	if p.cmd != nil && p.cmd.Process != nil {
		p.Kill()
	}
	p.Upstream.Close()
	_ = os.RemoveAll(p.Dir) // a temporary directory; what stays is the system's to remove
}
