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
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	o := options{}
	flag.StringVar(&o.binary, "sluice", "bin/sluice", "the binary that the clients talk to")
	flag.StringVar(&o.folder, "clients", "test/clients", "the folder of sdks and agents")
	flag.StringVar(&o.only, "run", "", "run only the clients whose name matches this pattern")
	flag.StringVar(&o.targets, "targets", allTargets, "targets, by format")
	flag.StringVar(&o.features, "features", "", "check only these features of SDKs, comma-separated")
	flag.BoolVar(&o.verbose, "v", false, "print what clients and server write to stderr, and the refused requests")
	flag.StringVar(&o.requests, "requests", "", "write the requests that reached the vendor to this file")
	flag.IntVar(&o.parallel, "parallel", 2, "clients that run at the same time")
	asJSON := flag.Bool("json", false, "print JSON instead of the table")
	write := flag.String("write", "", "write the tables of a whole run into the marked sections of these files, separated by spaces")
	limit := flag.Duration("limit", 90*time.Minute, "stop after this time")
	flag.Parse()

	if *write != "" && !o.everything() {
		fmt.Fprintln(os.Stderr, "-write needs a run of all clients, targets and features")
		os.Exit(1)
	}
	// A signal ends the clients and the server, and drive returns.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, *limit)
	report, err := drive(ctx, o)
	cancel()
	stop()
	if report == nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if *write != "" && err == nil {
		err = report.writeTo(strings.Fields(*write), time.Now())
	}
	if *asJSON {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		err = errors.Join(err, out.Encode(report))
	} else {
		err = errors.Join(err, report.print(os.Stdout))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if err != nil || report.broken() {
		os.Exit(1)
	}
}
