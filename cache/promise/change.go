package promise

// Change is what a controller learnt since the last call of [Groups.Changes].
type Change struct {
	Record      // what is new, with the totals after it
	Whole  bool // the record is all that is known: what was learnt before holds no longer
}

// published is what of a controller was in its last Change.
type published struct{ steps, asked, labels, checks, alarms int }

// steps counts all that a controller was told.
func (t *Totals) steps() int {
	return t.Requests + t.Same + t.Other + t.Checked + t.Reported
}

// Changes returns what the controllers learnt since the last call, so that whoever keeps it loses
// little when the process is killed.
func (g *Groups) Changes() []Change {
	var out []Change
	for at, c := range g.all() {
		if ch, changed := c.change(); changed {
			ch.Group = at.group
			out = append(out, ch)
		}
	}
	return out
}

// Apply repeats a change after a restart. One that the restored records have already is passed over.
func (g *Groups) Apply(ch *Change) {
	if !(ch.MaxError > 0 && ch.MaxError < 1) {
		return
	}
	c := g.Controller(ch.Group, ch.MaxError)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.totals.steps() >= ch.Totals.steps() {
		return
	}
	if ch.Whole {
		c.asked.keep(0)
		c.labels.keep(0)
		c.checks.keep(0)
	}
	c.restore(&ch.Record)
}

// change returns what is new, and whether anything is.
func (c *Controller) change() (Change, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := published{c.totals.steps(), c.asked.added, c.labels.added, c.checks.added, c.totals.Alarms}
	before := c.published
	if now == before {
		return Change{}, false
	}
	c.published = now
	if now.alarms != before.alarms {
		return Change{Record: c.whole(), Whole: true}, true
	}
	return Change{Record: Record{MaxError: c.settings.MaxError, Totals: c.totals, Silent: c.silent, Stored: c.stored, Tells: c.tells,
		Asked: c.asked.last(now.asked - before.asked), Labels: c.labels.last(now.labels - before.labels), Checks: c.checks.last(now.checks - before.checks)}}, true
}
