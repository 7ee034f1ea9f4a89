package main

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

// logWriter collects lines and writes them ten times a second: a system call for each
// request costs more than making its line. Close writes the rest.
type logWriter struct {
	mu   sync.Mutex
	to   *bufio.Writer
	stop chan struct{}
	done chan struct{}
}

func newLogWriter(to io.Writer) *logWriter {
	w := &logWriter{to: bufio.NewWriterSize(to, 64<<10), stop: make(chan struct{}), done: make(chan struct{})}
	go w.run()
	return w
}

func (w *logWriter) run() {
	defer close(w.done)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			w.flush()
		case <-w.stop:
			w.flush()
			return
		}
	}
}

func (w *logWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(p)
}

func (w *logWriter) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.to.Flush() // a log that cannot be written has nowhere to say so
}

// Close writes what is held; later lines go out at the next Write or not at all.
func (w *logWriter) Close(context.Context) error {
	close(w.stop)
	<-w.done
	return nil
}

// newLogger writes to w. The text of an error may quote what a caller or a provider wrote:
// it passes the detector first.
func newLogger(w io.Writer, cleanse *cleanser) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == "error" {
			a.Value = slog.StringValue(cleanse.text(a.Value.String()))
		}
		return a
	}}))
}

// cleanser is the detector once there is one: the logger is made before it.
type cleanser struct {
	mu sync.RWMutex
	f  func(string) string
}

func (c *cleanser) set(f func(string) string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.f = f
}

func (c *cleanser) text(s string) string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.f == nil {
		return s
	}
	return c.f(s)
}
