package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
)

// hugeHeads sends heads that are larger than limits.head.
type hugeHeads struct{}

func (hugeHeads) Name() string   { return "huge heads" }
func (hugeHeads) Bounds() Bounds { return usual }

func (hugeHeads) Run(ctx context.Context, t *Target, r *Result) error {
	var many strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&many, "X-H%d: %d\r\n", i, t.Rand.IntN(1e9))
	}
	var wg sync.WaitGroup
	long := strings.Repeat("a", 4<<20)
	for name, text := range inOrder(map[string]string{
		"one header of 4 MiB": head("GET", "/healthz", "", "X-A: "+long+"\r\n"),
		"20,000 headers":      head("GET", "/healthz", memberKey, many.String()),
		"a path of 4 MiB":     head("GET", "/"+long, "", ""),
		"a query of 4 MiB":    head("GET", "/v1/logs?model="+long, memberKey, ""),
		"a method of 4 MiB":   head(long, "/healthz", "", ""),
		"a key of 4 MiB":      head("GET", "/v1/models", "sk-sl-"+long, ""),
		"trailers of 4 MiB":   head("POST", chat, memberKey, "Transfer-Encoding: chunked\r\nTrailer: X-A\r\n") + "1\r\n{\r\n0\r\nX-A: " + long + "\r\n\r\n",
		"a chunk extension":   head("POST", chat, memberKey, "Transfer-Encoding: chunked\r\n") + "1;" + long + "\r\n{\r\n0\r\n\r\n",
	}) {
		for range 8 {
			wg.Go(func() {
				conn, err := dial(ctx, t, "", 8*time.Second)
				if err != nil {
					return
				}
				defer conn.Close()
				_, _ = conn.Write([]byte(text)) // the server may close before it has read all
				code, timeout := conn.status()
				r.Check(code/100 != 2 && !timeout, "%s: status %d, no answer within 8 s: %v", name, code, timeout)
			})
		}
	}
	wg.Wait()
	return nil
}
