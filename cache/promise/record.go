package promise

// Record is what a controller learnt, for a restart.
type Record struct {
	Group    Group
	MaxError float64
	Asked    []float32
	Labels   []Label
	Checks   []Verified
	Totals   Totals
	Silent   int
	Stored   int  // questions
	Tells    bool // the caller told Stored
}

// record returns what the controller learnt.
func (c *Controller) record() Record {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.whole()
}

// whole is record; the caller holds mu.
func (c *Controller) whole() Record {
	return Record{MaxError: c.settings.MaxError, Asked: c.asked.ordered(), Labels: c.labels.ordered(), Checks: c.checks.ordered(), Totals: c.totals, Silent: c.silent,
		Stored: c.stored, Tells: c.tells}
}

// restored makes a controller go on from a record.
func restored(s Settings, r *Record) *Controller {
	c := New(s)
	c.restore(r)
	return c
}

// restore adds what a record tells. The caller holds mu, if anybody else knows c.
func (c *Controller) restore(r *Record) {
	for _, x := range r.Asked {
		c.asked.add(x)
	}
	for _, l := range r.Labels {
		c.labels.add(l)
	}
	for _, k := range r.Checks {
		c.checks.add(k)
	}
	c.totals, c.silent, c.stored, c.tells = r.Totals, r.Silent, r.Stored, r.Tells
	c.published = published{c.totals.steps(), c.asked.added, c.labels.added, c.checks.added, c.totals.Alarms}
	for range 2 { // the fit depends on the threshold
		c.fit = c.fit.improved(c.labels.values, c.near())
		c.threshold = c.find()
	}
}
