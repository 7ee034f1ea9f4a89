package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// warmUp is long enough for the cache of the variant on to reach its size limit.
const warmUp = 6 * time.Second

type options struct {
	binary, profile string
	rounds, clients int
	length          time.Duration
	quick           bool
}

// run measures every section and prints its table as soon as it is complete.
func run(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "sluice-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	up, err := startSelf(ctx, filepath.Join(dir, "upstream.log"), "-role", "upstream")
	if err != nil {
		return err
	}
	defer up.stop()
	bare, err := startSelf(ctx, filepath.Join(dir, "proxy.log"), "-role", "proxy", "-target", up.url)
	if err != nil {
		return err
	}
	defer bare.stop()
	fmt.Printf("%s, %d cores, %d clients, rounds of %v\n", runtime.Version(), runtime.NumCPU(), o.clients, o.length)

	// First, while nothing else runs: the memory of a server that has not served anything yet.
	var memory memory
	if !o.quick {
		if memory, err = measureMemory(ctx, o.binary, filepath.Join(dir, "idle"), up.url); err != nil {
			return fmt.Errorf("memory: %w", err)
		}
	}
	off, err := startSluice(ctx, o.binary, filepath.Join(dir, "off"), up.url, "content: none")
	if err != nil {
		return err
	}
	defer off.stop()
	on, err := startSluice(ctx, o.binary, filepath.Join(dir, "on"), up.url, "content: redacted", "--cpuprofile", o.profile)
	if err != nil {
		return err
	}
	defer on.stop()

	servers := servers{upstream: up, bare: bare, off: off, on: on}
	small := servers.smallCalls()
	for _, v := range small {
		if _, err := v.load.run(ctx, o.clients, max(2*o.length, warmUp), v.process); err != nil {
			return fmt.Errorf("warm-up: %w", err)
		}
	}
	if err := takeTurns(ctx, small, o.rounds, o.clients, o.length); err != nil {
		return err
	}
	printSmallCalls(os.Stdout, small)
	if o.quick {
		return ctx.Err()
	}

	third := max(o.rounds/3, 1)
	single := servers.smallCalls()
	if err := takeTurns(ctx, single, third, 1, o.length); err != nil {
		return err
	}
	printSingleClient(os.Stdout, single)

	surfaces := servers.otherSurfaces()
	for _, v := range surfaces {
		if _, err := v.load.run(ctx, o.clients, 2*o.length, v.process); err != nil {
			return fmt.Errorf("warm-up: %w", err)
		}
	}
	if err := takeTurns(ctx, surfaces, third, o.clients, o.length); err != nil {
		return err
	}
	printCalls(os.Stdout, "1 KB calls over other surfaces", surfaces)

	singleStreams, streams := servers.streams(), servers.streams()
	if err := takeTurns(ctx, singleStreams, third, 1, o.length); err != nil {
		return err
	}
	if err := takeTurns(ctx, streams, third, o.clients, o.length); err != nil {
		return err
	}
	printStreams(os.Stdout, singleStreams, streams)

	large := servers.largeCalls()
	if err := takeTurns(ctx, large, third, o.clients, o.length); err != nil {
		return err
	}
	printCalls(os.Stdout, "100 KB calls", large)

	printMemory(os.Stdout, memory)
	printGates(os.Stdout, gates(small, single, memory))
	return ctx.Err()
}
