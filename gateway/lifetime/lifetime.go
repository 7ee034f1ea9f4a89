// Package lifetime has a context that is one small piece of memory.
//
// A context of package context keeps a map of what waits for its end, makes a channel for
// each, and adds an entry to the map of its parent. Of a call to a provider nearly always one
// function waits for the end, the one that wakes the connection. Here it is kept in place,
// the channel is made when somebody asks for it, and who registers with AfterFunc directly,
// not by context.AfterFunc, needs nothing around it.
package lifetime

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Context ends by End, or with its parent. It must be ended.
type Context struct {
	parent context.Context
	over   atomic.Bool // err is set

	mu      sync.Mutex
	err     error
	done    chan struct{} // nil until somebody asks for it
	waiting []waiter
	one     [1]waiter   // where waiting begins
	named   int         // how many waiters there have been
	leave   func() bool // takes it off the parent; nil: that one never ends
}

// waiter is a function that runs at the end, and its number.
type waiter struct {
	name int
	run  func()
}

// New begins a lifetime within that of parent.
func New(parent context.Context) *Context {
	c := new(Context)
	c.Begin(parent)
	return c
}

// Begin is New for who has room for c, which must be zero.
func (c *Context) Begin(parent context.Context) {
	c.parent = parent
	c.waiting = c.one[:0]
	if _, direct := parent.(afterFuncer); !direct && parent.Done() == nil { // it never ends
		return
	}
	c.mu.Lock() // the parent may end it at once
	defer c.mu.Unlock()
	c.leave = AfterFunc(parent, c.orphaned)
}

// afterFuncer is a context that needs no goroutine, channel or entry for who waits for it.
type afterFuncer interface{ AfterFunc(f func()) func() bool }

// AfterFunc is context.AfterFunc, and cheaper where ctx is one of this package or like one.
func AfterFunc(ctx context.Context, f func()) (stop func() bool) {
	if direct, ok := ctx.(afterFuncer); ok {
		return direct.AfterFunc(f)
	}
	return context.AfterFunc(ctx, f)
}

// End ends c, as a cancellation. Only the first end counts.
func (c *Context) End() { c.end(context.Canceled) }

func (c *Context) orphaned() { c.end(c.parent.Err()) }

func (c *Context) end(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return
	}
	c.err = err
	c.over.Store(true)
	if c.done != nil {
		close(c.done)
	}
	for _, w := range c.waiting {
		go w.run() // it may wait for who ends c
	}
	c.waiting, c.one[0] = nil, waiter{}
	if c.leave != nil {
		c.leave()
	}
}

// AfterFunc runs f on a goroutine of its own once c has ended. stop prevents it, and reports
// whether it did.
func (c *Context) AfterFunc(f func()) (stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.named++
	name := c.named
	if c.err != nil {
		go f()
	} else {
		c.waiting = append(c.waiting, waiter{name, f})
	}
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		for i := range c.waiting {
			if c.waiting[i].name == name {
				c.waiting = slices.Delete(c.waiting, i, i+1)
				return true
			}
		}
		return false
	}
}

// Err implements context.Context. The end of the parent shows at once, as with any context.
func (c *Context) Err() error {
	if err := c.parent.Err(); err != nil {
		c.end(err)
	}
	if !c.over.Load() {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Done implements context.Context.
func (c *Context) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done == nil {
		c.done = make(chan struct{})
		if c.err != nil {
			close(c.done)
		}
	}
	return c.done
}

// Deadline implements context.Context.
func (c *Context) Deadline() (time.Time, bool) { return c.parent.Deadline() }

// Value implements context.Context.
func (c *Context) Value(key any) any { return c.parent.Value(key) }
