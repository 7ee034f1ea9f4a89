package memindex

// queue holds the points in the order of eviction. Its links are in the points.
type queue struct{ first, last *point }

// push appends a point.
func (q *queue) push(p *point) {
	p.sooner, p.later = q.last, nil
	if q.last != nil {
		q.last.later = p
	} else {
		q.first = p
	}
	q.last = p
}

func (q *queue) remove(p *point) {
	if p.sooner != nil {
		p.sooner.later = p.later
	} else {
		q.first = p.later
	}
	if p.later != nil {
		p.later.sooner = p.sooner
	} else {
		q.last = p.sooner
	}
	p.sooner, p.later = nil, nil
}
