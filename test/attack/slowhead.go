package main

import (
	"context"
	"sync"
	"time"
)

// slowHeads sends the head of a request byte by byte, or only a part of it.
type slowHeads struct{}

func (slowHeads) Name() string   { return "slow heads" }
func (slowHeads) Bounds() Bounds { return usual }

func (slowHeads) Run(ctx context.Context, t *Target, r *Result) error {
	text := head("POST", chat, memberKey, "Content-Length: 10\r\n")
	var wg sync.WaitGroup
	for i := range 100 {
		n := t.Rand.IntN(len(text) - 2)
		wg.Go(func() {
			conn, err := dial(ctx, t, "", 9*time.Second)
			if err != nil {
				return
			}
			defer conn.Close()
			if i%2 == 0 {
				_, _ = conn.Write([]byte(text[:n]))
			} else {
				for _, b := range []byte(text) {
					if _, err := conn.Write([]byte{b}); err != nil {
						break
					}
					time.Sleep(100 * time.Millisecond)
				}
			}
			// limits.header is 2 s.
			r.Check(conn.ends(), "open after 9 s: %d bytes of a head, byte by byte: %v", n, i%2 == 1)
		})
	}
	ready := t.Ready(ctx, 3*time.Second)
	r.Check(ready == nil, "with 100 slow heads /readyz fails: %v", ready)
	wg.Wait()
	return nil
}
