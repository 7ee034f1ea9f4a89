// Command soak drives the built binary with good and hostile traffic at half load and says
// whether it stays as it was: no good call fails, good calls stay fast, memory and goroutines do
// not grow.
//
// Everything runs on the loopback interface with a mock upstream and a temporary data directory.
// First it measures an unloaded server, how many calls a second it answers at most, and what
// hostile traffic costs; good and hostile traffic together then take half of the processor time
// that the server took at its most.
//
// Exit code 0: all bounds are kept. 1: one is not, or the run failed.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

func main() {
	binary := flag.String("sluice", "bin/sluice", "the binary under test")
	duration := flag.Duration("duration", 20*time.Minute, "length of the mixed traffic")
	seed := flag.Uint64("seed", 1, "seed of the hostile traffic")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	good, err := run(ctx, *binary, *duration, *seed)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
	}
	if err != nil || !good {
		os.Exit(1)
	}
}
