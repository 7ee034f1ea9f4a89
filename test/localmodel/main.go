// Command localmodel puts Sluice in front of a real model on this machine: SmolLM2 135M, which Ollama
// serves in its own format and in OpenAI's. It calls both through real clients of four vendors' formats
// and prints what held.
//
// # Flow
//
// [startServer] runs Ollama with one model and a directory of its own. A [recorder] stands between Sluice
// and Ollama and keeps what Ollama answered. Each case of [cases] is one call of client.mjs, to each of
// the two formats. What the client understood, the row in Sluice's log and its cost are compared with
// the recorded answer ([check]).
//
// Nothing leaves the loopback interface. Exit code 0: all held. 1: something did not, or the run failed.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// runLimit bounds the whole run.
const runLimit = 20 * time.Minute

func main() {
	o := options{}
	flag.StringVar(&o.sluice, "sluice", "bin/sluice", "the binary under test")
	flag.StringVar(&o.ollama, "ollama", "bin/local/ollama", "Ollama's binary")
	flag.StringVar(&o.weights, "weights", "bin/local/smollm2.gguf", "the model, a GGUF file")
	flag.StringVar(&o.scripts, "scripts", "test/localmodel", "directory of client.mjs and its node_modules")
	flag.StringVar(&o.only, "run", "", "run the cases only whose names begin so")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, runLimit)
	held, err := run(ctx, o)
	cancel()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "localmodel:", err)
	}
	if err != nil || !held {
		os.Exit(1)
	}
}
