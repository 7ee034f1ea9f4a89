package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// unfinishedBodies begins bodies and chunks and never ends them.
type unfinishedBodies struct{}

func (unfinishedBodies) Name() string   { return "unfinished bodies" }
func (unfinishedBodies) Bounds() Bounds { return Bounds{CPU: 15 * time.Second, RSS: 300 * mib} }

func (unfinishedBodies) Run(ctx context.Context, t *Target, r *Result) error {
	type try struct{ path, key, lines, begin string }
	const chunked, length = "Transfer-Encoding: chunked\r\n", "Content-Length: 25165824\r\n"
	tries := []try{
		{chat, "sk-sl-wrong", length, "{"}, {chat, "", length, ""}, {chat, memberKey, length, "{"},
		{chat, memberKey, length + "Expect: 100-continue\r\n", ""}, {chat, memberKey, chunked, "1800000\r\n{"}, {chat, memberKey, chunked, ""},
		{messages, memberKey, length, "{"}, {"/v1/embeddings", memberKey, chunked, "5\r\n{"}, {"/v1/configs", adminKey, length, "{"}, {"/nowhere", "", length, "{"},
	}
	var wg sync.WaitGroup
	for _, c := range tries {
		wg.Go(func() {
			conn, err := dial(ctx, t, "", 12*time.Second)
			if err != nil {
				return
			}
			defer conn.Close()
			_, _ = conn.Write([]byte(head("POST", c.path, c.key, c.lines) + c.begin)) // the answer tells
			_, _ = conn.status()
			r.Check(conn.ends(), "a connection with an unfinished body is open after 12 s: %+v", c)
		})
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/v1/models", "/v1/logs"} { // they need no body
		wg.Go(func() {
			conn, err := dial(ctx, t, "", 5*time.Second)
			if err != nil {
				return
			}
			defer conn.Close()
			_, _ = conn.Write([]byte(head("GET", path, memberKey, length)))
			code, _ := conn.status()
			r.Check(code == 200, "GET %s with Content-Length and without a body: no 200 within 5 s (status %d)", path, code)
		})
	}
	wg.Wait()

	// Megabytes that are never finished, on many connections, with and without a valid key.
	piece := make([]byte, 64<<10)
	for i := range piece {
		piece[i] = 'a'
	}
	for i := range 60 {
		wg.Go(func() {
			conn, err := dial(ctx, t, "", 15*time.Second)
			if err != nil {
				return
			}
			defer conn.Close()
			key := memberKey
			if i%3 == 0 {
				key = "sk-sl-wrong"
			}
			if _, err := conn.Write([]byte(head("POST", chat, key, chunked))); err != nil {
				return
			}
			for range 12 << 20 / len(piece) {
				if _, err := fmt.Fprintf(conn, "%x\r\n%s\r\n", len(piece), piece); err != nil {
					break // refused already
				}
			}
			r.Check(conn.ends(), "a connection with 12 MiB of unfinished chunks is open after 15 s; limits.body is 2 s")
		})
	}
	time.Sleep(300 * time.Millisecond)
	ready := t.Ready(ctx, 3*time.Second)
	r.Check(ready == nil, "with 60 unfinished bodies /readyz fails: %v", ready)
	wg.Wait()
	return nil
}
