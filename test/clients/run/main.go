// Command run drives real client programs against the built binary and a scripted model vendor,
// and prints what works: one row per client, one column per feature.
//
// Every client runs with nothing but a base URL and an API key. The API key decides the target:
// one in the client's own format, where bodies pass as they are, and those in other formats,
// where they are translated. SDKs are driven by the scripts in ../sdks, agents are started
// headless with a task that needs two tool calls. All of it stays on the loopback interface, in a
// home directory of its own.
//
// Exit code 0: every cell is whole or has a reason. 1: a cell is not, or a client did not run.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

func main() {
	o := options{}
	flag.StringVar(&o.binary, "sluice", "bin/sluice", "the binary that the clients talk to")
	flag.StringVar(&o.folder, "clients", "test/clients", "the folder of sdks and agents")
	flag.StringVar(&o.only, "run", "", "run only the clients whose name matches this pattern")
	flag.StringVar(&o.targets, "targets", "openai,anthropic,google", "targets, by format")
	flag.StringVar(&o.features, "features", "", "check only these features of SDKs, comma-separated")
	flag.BoolVar(&o.verbose, "v", false, "print what clients and server write to stderr, and the refused requests")
	flag.StringVar(&o.requests, "requests", "", "write the requests that reached the vendor to this file")
	flag.IntVar(&o.parallel, "parallel", 2, "clients that run at the same time")
	asJSON := flag.Bool("json", false, "print JSON instead of the table")
	limit := flag.Duration("limit", 25*time.Minute, "stop after this time; clients that did not run count as broken")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	ctx, cancel := context.WithTimeout(ctx, *limit)
	report, err := drive(ctx, o)
	cancel()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if *asJSON {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		err = out.Encode(report)
	} else {
		err = report.print(os.Stdout)
	}
	if err != nil || report.broken() {
		os.Exit(1)
	}
}
