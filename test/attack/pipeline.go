package main

import (
	"context"
	"strings"
	"sync"
	"time"
)

// pipelines sends many requests on one connection and reads no answer.
type pipelines struct{}

func (pipelines) Name() string   { return "pipelines unread" }
func (pipelines) Bounds() Bounds { return Bounds{CPU: 20 * time.Second, RSS: 300 * mib} }

func (pipelines) Run(ctx context.Context, t *Target, r *Result) error {
	body := ask("mock/echo", strings.Repeat("echo ", 40_000), "")
	call := head("POST", chat, memberKey, "Content-Length: "+itoa(len(body))+"\r\n") + body
	var wg sync.WaitGroup
	for i, request := range []string{head("GET", "/metrics", "", ""), head("GET", "/v1/models", memberKey, ""), call} {
		for range 2 {
			wg.Go(func() {
				conn, err := dial(ctx, t, "", 25*time.Second)
				if err != nil {
					return
				}
				defer conn.Close()
				text := []byte(strings.Repeat(request, 1+50_000/len(request)))
				ended := false
				for begin := time.Now(); time.Since(begin) < 18*time.Second && !ended; {
					_ = conn.SetWriteDeadline(time.Now().Add(500 * time.Millisecond))
					_, err := conn.Write(text)
					ended = err != nil && !isTimeout(err)
				}
				// limits.write_stall is 3 s.
				r.Check(ended, "pipelined requests of kind %d are not read and the connection is open after 18 s", i)
			})
		}
	}
	time.Sleep(time.Second)
	ready := t.Ready(ctx, 5*time.Second)
	r.Check(ready == nil, "with 6 unread pipelines /readyz fails: %v", ready)
	wg.Wait()
	return nil
}
