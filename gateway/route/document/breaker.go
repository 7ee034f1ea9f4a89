package document

import (
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// Bounds of "cb_config".
const (
	minCooldown = 30 * time.Second
	maxCooldown = 24 * time.Hour
	maxCounted  = 1_000_000 // calls
)

// breaker parses {"failure_threshold": 5, "cooldown_interval": 60000}.
func (p *parser) breaker(d *Document, at string, v gjson.Result) {
	b := &gateway.BreakerPolicy{Minimum: gateway.DefaultBreakerMinimum, Cooldown: minCooldown}
	limited := false
	p.eachField(at, v, func(key, at string, k, v gjson.Result) {
		switch snake(key) {
		case "failure_threshold":
			limited = true
			b.Failures, _ = p.integer(at, v, 1, maxCounted)
		case "failure_threshold_percentage":
			limited = true
			b.Percentage, _ = p.number(at, v, 0.01, 100)
		case "minimum_requests":
			b.Minimum, _ = p.integer(at, v, 1, maxCounted)
		case "cooldown_interval":
			if ms, ok := p.integer(at, v, int(minCooldown/time.Millisecond), int(maxCooldown/time.Millisecond)); ok {
				b.Cooldown = time.Duration(ms) * time.Millisecond
			}
		case "failure_status_codes":
			if b.OnStatus = p.statusCodes(at, v); v.IsArray() && len(b.OnStatus) == 0 {
				p.problemf(at, v.Index, "must not be empty; without it every status from 500 is a failure, and 408")
			}
		default:
			p.unknownKey(key, at, k.Index, []string{"failure_threshold", "failure_threshold_percentage", "minimum_requests", "cooldown_interval", "failure_status_codes"})
		}
	})
	if v.IsObject() && !limited {
		p.problemf(at, v.Index, "needs failure_threshold or failure_threshold_percentage")
	}
	d.Breaker = b
}

// placeBreaker checks where "cb_config" stands. It is called when all of d is read.
func (p *parser) placeBreaker(d *Document) {
	if d.Breaker != nil && d.Mode == gateway.ModeSingle {
		p.problemf(d.Path+".strategy.cb_config", d.offsets.strategy, "is not read with the mode single, which has no other target")
	}
}
