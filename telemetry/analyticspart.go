package telemetry

import "maps"

// AnalyticsPart is what analytics know of several exchanges of one group. Parts of different exchanges
// add up.
type AnalyticsPart struct {
	AnalyticsRow                           // without percentiles and a number of users
	Latencies, FirstChunks *Times          // nil: not wanted
	UserSet                map[string]bool // nil: not wanted
	WantsSpread            bool
}

// NewAnalyticsPart returns a part without exchanges.
func NewAnalyticsPart(latencies, users bool) *AnalyticsPart {
	p := &AnalyticsPart{}
	if latencies {
		p.Latencies, p.FirstChunks = new(Times), new(Times)
	}
	if users {
		p.UserSet = map[string]bool{}
	}
	return p
}

// Add adds one exchange.
func (p *AnalyticsPart) Add(v *Sample) {
	if v.Time.After(p.Last) || v.Time.Equal(p.Last) && v.Name > p.Name {
		p.Last, p.Name = v.Time, v.Name
	}
	p.Calls++
	count(&p.Errors, v.Error)
	count(&p.Hits, v.Hit)
	count(&p.Rescued, v.Rescued != 0)
	count(&p.Unpriced, v.Unpriced)
	p.Input += v.Input
	p.Output += v.Output
	p.Cost += v.Cost
	p.Charged += v.Charged
	p.Saved += v.Saved
	p.Latency.Count++
	p.Latency.Sum += v.Latency
	if v.FirstChunk >= 0 {
		p.FirstChunk.Count++
		p.FirstChunk.Sum += v.FirstChunk
	}
	if p.WantsSpread {
		count(&p.Spread.Costed, v.Costed)
		cost, latency := float64(v.Cost)/1e9, v.Latency.Seconds()
		p.Spread.add(Spread{Cost: cost * cost, Latency: latency * latency})
	}
	if p.Latencies != nil {
		p.Latencies.Add(v.Latency, 1)
		if v.FirstChunk >= 0 {
			p.FirstChunks.Add(v.FirstChunk, 1)
		}
	}
	if p.UserSet != nil && v.User != "" {
		p.UserSet[v.User] = true
	}
}

func count(n *int64, yes bool) {
	if yes {
		*n++
	}
}

// Merge adds other exchanges of the group. What p does not want may be missing in other.
func (p *AnalyticsPart) Merge(other *AnalyticsPart) {
	p.AnalyticsRow.Merge(&other.AnalyticsRow)
	if p.Latencies != nil {
		p.Latencies.AddAll(other.Latencies)
		p.FirstChunks.AddAll(other.FirstChunks)
	}
	if p.UserSet != nil {
		maps.Copy(p.UserSet, other.UserSet)
	}
}
