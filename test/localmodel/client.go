package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/tidwall/gjson"
)

// callTime bounds one call by a client.
const callTime = 3 * time.Minute

// client is the process that makes the calls with real clients.
type client struct {
	cmd        *exec.Cmd
	in         io.WriteCloser
	lines      chan string // what it prints; closed when it has ended
	complaints bytes.Buffer
}

// startClient runs client.mjs in a directory that has its packages.
func startClient(ctx context.Context, dir, url, key string) (*client, error) {
	c := &client{lines: make(chan string)}
	c.cmd = exec.CommandContext(context.WithoutCancel(ctx), "node", "client.mjs") // stop ends it
	c.cmd.Dir, c.cmd.Stderr = dir, &c.complaints
	c.cmd.Env = append(os.Environ(), "SLUICE_URL="+url, "SLUICE_API_KEY="+key)
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { // ends with the process; stop waits for it
		defer close(c.lines)
		printed := bufio.NewScanner(out)
		printed.Buffer(nil, 1<<20)
		for printed.Scan() {
			c.lines <- printed.Text()
		}
	}()
	return c, nil
}

// call makes one call, and returns what the client understood.
func (c *client) call(ctx context.Context, name, model, trace string) (gjson.Result, error) {
	if _, err := fmt.Fprintln(c.in, name, model, trace); err != nil {
		return gjson.Result{}, err
	}
	select {
	case line, ok := <-c.lines:
		if !ok {
			return gjson.Result{}, fmt.Errorf("client.mjs has ended: %.500s", c.complaints.String())
		}
		return gjson.Parse(line), nil
	case <-time.After(callTime):
		return gjson.Result{}, fmt.Errorf("%s did not end within %v", name, callTime)
	case <-ctx.Done():
		return gjson.Result{}, ctx.Err()
	}
}

// stop ends the process.
func (c *client) stop() {
	_ = c.cmd.Process.Kill() // an error means that it has ended
	for range c.lines {
	}
	_ = c.cmd.Wait() // it was killed
}
