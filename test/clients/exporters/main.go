// Command exporters drives real exporters of traces against the built binary, and prints for each
// whether its spans are found under their trace, whether the exchange of the call that it made
// stands below one of them, and whether what they tell about the model is shown.
//
// Every application gets nothing but the environment that docs/telemetry.md names. It makes one call
// of a built-in model through Sluice, exports its spans, and prints the id of the trace. All of it
// stays on the loopback interface, in a home directory of its own.
//
// Exit code 0: every cell is yes. 1: a cell is not.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"text/tabwriter"
	"time"

	"github.com/sluicegate/sluice/test/sluice"
)

// application is one row: a program with an exporter.
type application struct {
	name    string
	pkg     string // whose version is printed
	runtime string // js, or the folder of the environment of Python
	script  string
	arg     string
}

var applications = []application{
	{"@opentelemetry/exporter-trace-otlp-http", "@opentelemetry/exporter-trace-otlp-http", "js", "otel.mjs", "http"},
	{"@opentelemetry/exporter-trace-otlp-proto", "@opentelemetry/exporter-trace-otlp-proto", "js", "otel.mjs", "proto"},
	{"@langfuse/otel", "@langfuse/otel", "js", "langfuse.mjs", ""},
	{"opentelemetry-exporter-otlp-proto-http", "opentelemetry-exporter-otlp-proto-http", "python", "otel_client.py", ""},
	{"langfuse (Python)", "langfuse", "python", "langfuse_client.py", ""},
	{"openinference-instrumentation-openai", "openinference-instrumentation-openai", "python", "openinference_client.py", ""},
	{"traceloop-sdk", "traceloop-sdk", "traceloop", "traceloop_client.py", ""},
}

func main() {
	binary := flag.String("sluice", "bin/sluice", "the binary that the exporters talk to")
	folder := flag.String("clients", "test/clients", "the folder of the clients")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	whole, err := run(ctx, *binary, *folder)
	cancel()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if err != nil || !whole {
		os.Exit(1)
	}
}

// run drives the applications and prints the table. whole tells that every cell is yes.
func run(ctx context.Context, binary, folder string) (whole bool, err error) {
	server, err := sluice.Start(ctx, binary, "")
	if err != nil {
		return false, err
	}
	defer server.Stop()
	whole = true
	var details []string
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "exporter\tversion\tspans\ttree\tmodel")
	for _, a := range applications {
		cells := a.check(ctx, server, folder)
		fmt.Fprintf(table, "%s\t%s", a.name, a.version(folder))
		for _, c := range cells {
			if c.problem == "" {
				fmt.Fprint(table, "\tyes")
				continue
			}
			fmt.Fprint(table, "\tNO")
			whole = false
			details = append(details, a.name+": "+c.name+": "+c.problem)
		}
		fmt.Fprintln(table)
	}
	if err := table.Flush(); err != nil {
		return false, err
	}
	for _, d := range details {
		fmt.Println(d)
	}
	return whole, nil
}
