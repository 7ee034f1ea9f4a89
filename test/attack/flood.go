package main

import (
	"context"
	"time"
)

// floods opens more connections than one address may have, and sees whether others are served.
type floods struct{}

func (floods) Name() string   { return "connection floods" }
func (floods) Bounds() Bounds { return usual }

func (floods) Run(ctx context.Context, t *Target, r *Result) error {
	var open []*connection
	defer func() {
		for _, c := range open {
			_ = c.Close()
		}
	}()
	served := 0
	for range 550 { // limits.per_address is 400, limits.connections 600
		c, err := dial(ctx, t, "127.0.0.9", 20*time.Second)
		if err != nil {
			break
		}
		open = append(open, c)
	}
	ready := t.Ready(ctx, 3*time.Second)
	r.Check(ready == nil, "550 connections of another address: /readyz fails: %v", ready)
	for _, c := range open {
		_, err := c.Write([]byte(head("GET", "/healthz", "", "")))
		if code, _ := c.status(); err == nil && code == 200 {
			served++
		}
	}
	r.Check(served <= 400, "%d connections of one address are served at the same time, limits.per_address is 400", served)
	for _, c := range open {
		_ = c.Close()
	}
	open = nil
	for range 1500 { // opened and closed at once
		c, err := dial(ctx, t, "127.0.0.9", time.Second)
		if err != nil {
			break
		}
		_ = c.Close()
	}
	time.Sleep(200 * time.Millisecond)
	c, err := dial(ctx, t, "127.0.0.9", 3*time.Second)
	if err != nil {
		return err
	}
	defer c.Close()
	_, _ = c.Write([]byte(head("GET", "/healthz", "", "")))
	code, _ := c.status()
	r.Check(code == 200, "after the flood its own address is not served again: status %d", code)
	return nil
}
