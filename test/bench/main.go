// Command bench prints what Sluice costs, in one run on this machine: CPU per request,
// latency and requests per second of
//
//	direct    the load against the mock upstream, nothing between
//	bare      a bare echo reverse proxy (httputil.ReverseProxy)
//	off       Sluice with everything off that can be off
//	on        Sluice with everything on: API key, redaction, prompt template, exact and
//	          semantic lookup that misses and stores, routing with fallback, full telemetry
//
// Upstream, proxy and load are processes of their own on loopback. Rounds are interleaved
// (direct, bare, off, on, direct, …), after a warm-up that brings the cache to its bound, and
// the table gives the median of the rounds with the spread of the ratios, because single
// figures of a shared machine mean little. CPU is user and system time of the process between
// the two ends of the round, from /proc, divided by the requests answered. A round with a
// failed request, or with an answer from the cache, ends the run.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"
)

func main() {
	role := flag.String("role", "", "internal: upstream or proxy")
	target := flag.String("target", "", "internal: where the proxy leads")
	binary := flag.String("sluice", "bin/sluice", "the binary under test")
	rounds := flag.Int("rounds", 21, "interleaved rounds")
	length := flag.Duration("length", time.Second, "length of one variant's round")
	clients := flag.Int("c", 8, "concurrent clients")
	versus := flag.String("versus", "", "another binary to measure with everything on, and its flags for serve, like 'bin/sluice --cpuprofile cpu.pprof'")
	profile := flag.String("profile", "", "write a CPU profile of the variant on here")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	var err error
	switch *role {
	case "upstream":
		err = upstream(ctx)
	case "proxy":
		err = proxy(ctx, *target)
	default:
		err = run(ctx, *binary, strings.Fields(*versus), *profile, *rounds, *length, *clients)
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
