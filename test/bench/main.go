// Command bench measures what Sluice costs on this machine. It prints, from one run:
//
//   - 1 KB calls: CPU per request, latency and requests per second;
//   - one client: the latency that Sluice adds to a call;
//   - Messages and Responses: CPU per request of the same call, each to a target of its own format;
//   - streams: time to the first chunk and chunks per second;
//   - 100 KB calls: CPU per request;
//   - memory: the resident set of an idle server, and of each open stream that is waiting for
//     its upstream;
//   - the gates, and whether this run met them.
//
// The calls go to one of four variants:
//
//	direct  the mock upstream, with nothing between
//	bare    a bare reverse proxy: echo and httputil.ReverseProxy
//	off     Sluice with everything off that can be off
//	on      Sluice with everything on: API key, redaction, prompt template, exact and semantic
//	        cache lookup that misses and stores, routing with fallback, full telemetry
//
// The load, the upstream, the proxy and Sluice are separate processes; all of them listen on
// loopback only. The variants take turns, round by round, because a shared machine changes its
// speed while the run lasts; the tables give medians over the rounds. CPU is user and system
// time of one process, from /proc. A failed request, or an answer from the cache, ends the run.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
)

// runLimit bounds the whole run.
const runLimit = 5 * time.Minute

func main() {
	role := flag.String("role", "", "internal: upstream or proxy")
	target := flag.String("target", "", "internal: the upstream's address")
	var o options
	flag.StringVar(&o.binary, "sluice", "bin/sluice", "the binary under test")
	flag.IntVar(&o.rounds, "rounds", 21, "rounds of the 1 KB calls; the other sections run a third of it")
	flag.DurationVar(&o.length, "length", time.Second, "length of one variant's round")
	flag.IntVar(&o.clients, "c", 8, "concurrent clients")
	flag.BoolVar(&o.quick, "quick", false, "run the 1 KB calls only, for a profile of them")
	flag.StringVar(&o.profile, "profile", "", "write a CPU profile of the variant on to this file")
	flag.Parse()

	if *role != "proxy" { // the garbage collections of the load and of the upstream are not what is measured
		debug.SetGCPercent(1000)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	var err error
	switch *role {
	case "upstream":
		err = serveUpstream(ctx)
	case "proxy":
		err = serveProxy(ctx, *target)
	default:
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, runLimit)
		err = run(ctx, o)
		cancel()
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
