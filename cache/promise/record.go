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
}

// record returns what the controller learnt.
func (c *Controller) record() Record {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Record{MaxError: c.settings.MaxError, Asked: c.asked.ordered(), Labels: c.labels.ordered(), Checks: c.checks.ordered(), Totals: c.totals, Silent: c.silent}
}

// restore makes a controller go on from a record.
func restore(s Settings, r *Record) *Controller {
	c := New(s)
	for _, x := range r.Asked {
		c.asked.add(x)
	}
	for _, l := range r.Labels {
		c.labels.add(l)
	}
	for _, k := range r.Checks {
		c.checks.add(k)
	}
	c.totals, c.silent = r.Totals, r.Silent
	c.fit = c.fit.improved(c.labels.values)
	c.threshold = c.find()
	return c
}
