// Command attack attacks the built binary and prints what held.
//
// Each class of attack is a file and runs against a process of its own, with a temporary data
// directory and a mock upstream, all on the loopback interface. Inputs are random within -seed, so
// that a run can be repeated. Around each class the program measures processor time and memory
// of the attacked process and compares them with the class's bounds. It stops within -limit.
//
// Exit code 0: all held. 1: an attack succeeded, or a class could not be run.
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
	binary := flag.String("sluice", "bin/sluice", "the binary under attack")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano())%1_000_000, "seed of the inputs")
	only := flag.String("run", "", "run only the classes whose name contains this")
	verbose := flag.Bool("v", false, "print every reproduction, not only the first of each kind")
	limit := flag.Duration("limit", 4*time.Minute, "stop after this time; classes that did not run count as failed")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	ctx, cancel := context.WithTimeout(ctx, *limit)
	fmt.Printf("seed %d\n\n", *seed)
	fell := 0
	for _, a := range attacks {
		if strings.Contains(a.Name(), *only) && !run(ctx, a, *binary, *seed, *verbose) {
			fell++
		}
	}
	cancel()
	stop()
	if fell > 0 {
		fmt.Printf("\n%d classes FELL; repeat with -seed %d\n", fell, *seed)
		os.Exit(1)
	}
	fmt.Println("\nall held")
}
