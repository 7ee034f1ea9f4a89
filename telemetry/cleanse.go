package telemetry

import "time"

// cleanser takes personal data out of what is about to be recorded. Its memory of what recurs
// is the recorder's goroutine's; text and value are anybody's.
type cleanser struct {
	detect    func(string) string
	pseudonym func(string) string
	names     memo
	values    memo
	clean     clean
	since     time.Time
}

func newCleanser(s *Settings) cleanser {
	return cleanser{detect: s.Cleanse, pseudonym: s.Pseudonym, names: newMemo(), values: newMemo(), clean: newClean()}
}

// forget what is old: a credential that was created meanwhile is found from then on.
func (c *cleanser) forget(now time.Time) {
	if now.Sub(c.since) >= memoTime {
		c.names.forget()
		c.values.forget()
		c.clean.forget()
		c.since = now
	}
}

const (
	shortest = 5 // nothing shorter can identify: the shortest address is a@b.c
	memoTime = 10 * time.Second
)

// text cleanses one text that is seldom the same twice.
func (c *cleanser) text(s string) string {
	if len(s) < shortest {
		return s
	}
	return c.detect(s)
}

// name cleanses a text that recurs from request to request: a model, a user agent.
func (c *cleanser) name(s string) string {
	if len(s) < shortest {
		return s
	}
	return c.names.get(s, c.detect)
}

// row begins another row.
func (c *cleanser) row() { c.names.next, c.values.next = 0, 0 }

// value replaces a whole value by its pseudonym where it holds personal data, so that
// rows of one person still belong together.
func (c *cleanser) value(s string) string {
	if len(s) < shortest || c.detect(s) == s {
		return s
	}
	return c.pseudonym(s)
}

// recurring is value for what comes again with the next request: an address, a team.
func (c *cleanser) recurring(s string) string {
	if len(s) < shortest {
		return s
	}
	return c.values.get(s, c.value)
}
