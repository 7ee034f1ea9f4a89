package promise

import "math"

// Totals count since the group began.
type Totals struct {
	Requests int // that asked the semantic tier
	Served   int // or would have been, if nothing is served
	Withheld int // could have been served, and were compared instead
	Checked  int // answers that could be served, by comparisons that decided
	Wrong    int // of Checked
	Reported int // served answers that a caller reported or replaced
	Same     int // labels of misses: the stored answer would have been right
	Other    int // labels of misses: it would have been wrong
	Alarms   int
}

// Interval is an estimate with the bounds of its 95 % confidence interval.
type Interval struct {
	Estimate float64
	Least    float64
	Most     float64
}

// WrongOfServed estimates the share of wrong answers among those served. Without a check it may
// be anything.
func (t *Totals) WrongOfServed() Interval {
	if t.Checked == 0 {
		return Interval{Most: 1}
	}
	const z = 1.96 // Wilson's interval
	n := float64(t.Checked)
	p := float64(t.Wrong) / n
	middle, half := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return Interval{p, max((middle-half)/(1+z*z/n), 0), min((middle+half)/(1+z*z/n), 1)}
}

// WrongOfAll estimates the share of wrong answers among all requests.
func (t *Totals) WrongOfAll() Interval {
	if t.Requests == 0 {
		return Interval{}
	}
	i, served := t.WrongOfServed(), float64(t.Served)/float64(t.Requests)
	return Interval{i.Estimate * served, i.Least * served, i.Most * served}
}

// State is how a controller stands.
type State struct {
	Totals
	MaxError  float64
	Stored    int     // questions
	Threshold float64 // least probability that is served; 1 if nothing is
	Alarmed   bool    // a change to the worse was found: nothing is served for a while
}

// State returns how the controller stands.
func (c *Controller) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := State{Totals: c.totals, MaxError: c.settings.MaxError, Stored: c.questions(), Threshold: probability(c.threshold), Alarmed: c.silent > 0}
	if s.Alarmed {
		s.Threshold = 1
	}
	return s
}
