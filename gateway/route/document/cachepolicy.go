package document

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// cacheFields are the fields of a config's "cache".
var cacheFields = []string{"mode", "max_age", "max_error", "threshold", "sharing", "max_temperature", "stream_pace"}

// cache parses "semantic", true, false and {mode, max_age, …}.
func (p *parser) cache(d *Document, path string, v gjson.Result) {
	c := &gateway.CachePolicy{}
	d.Cache = c
	if v.Type == gjson.String || v.IsBool() {
		p.cacheMode(c, path, v)
		return
	}
	if !v.IsObject() {
		p.problemf(path, v.Index, "must be a mode or an object, not %s", JSONType(v))
		return
	}
	given := map[string]gjson.Result{}
	p.eachField(path, v, func(key, at string, k, v gjson.Result) {
		given[snake(key)] = v
		switch snake(key) {
		case "mode":
			if s, ok := p.stringValue(at, v); ok {
				p.cacheMode(c, at, gjson.Result{Type: gjson.String, Str: s, Index: v.Index})
			}
		case "max_age":
			if s, ok := p.number(at, v, 0, 365*24*3600); ok {
				c.MaxAge = time.Duration(s * float64(time.Second))
			}
		case "threshold":
			if t, ok := p.number(at, v, 0, 1); ok && t == 0 {
				p.problemf(at, v.Index, "must be more than 0: everything would match")
			} else {
				c.Threshold = t
			}
		case "max_error":
			c.MaxError = p.share(at, v)
		case "sharing":
			c.Sharing = p.sharing(at, v)
		case "max_temperature":
			if t, ok := p.number(at, v, 0, maxTemperature); ok {
				c.MaxTemperature = &t
			}
		case "stream_pace":
			c.StreamPace = p.streamPace(at, v)
		default:
			p.unknownKey(key, at, k.Index, cacheFields)
		}
	})
	if !given["mode"].Exists() {
		p.problemf(path+".mode", v.Index, "is missing: semantic, guarded, observe, fixed or simple")
	}
	p.completeCache(c, path, given)
}

// CachePolicy parses the "cache" of a config alone: a mode, or an object as JSON.
func CachePolicy(raw string) (gateway.CachePolicy, error) {
	if !strings.HasPrefix(raw, "{") {
		raw = strconv.Quote(raw)
	}
	if at, msg := checkSyntax([]byte(raw)); msg != "" {
		return gateway.CachePolicy{}, gateway.InvalidField("document.CachePolicy", "cache", fmt.Sprintf("The cache setting is not valid JSON at byte %d: %s.", at, msg))
	}
	p, d := &parser{rules: &Rules{}}, &Document{}
	if p.cache(d, "cache", gjson.Parse(raw)); len(p.problems) > 0 {
		return gateway.CachePolicy{}, Invalid("document.CachePolicy", "The cache setting", p.problems)
	}
	return *d.Cache, nil
}

// cacheMode parses a mode.
func (p *parser) cacheMode(c *gateway.CachePolicy, at string, v gjson.Result) {
	mode, ok := CacheMode(v.String())
	switch {
	case ok:
		c.Mode = mode
	case strings.EqualFold(v.String(), string(gateway.CacheFixed)):
		c.Mode = gateway.CacheFixed
	default:
		p.problemf(at, v.Index, WantMode, gateway.Shorten(v.String()))
	}
	if c.Mode == gateway.CacheGuarded || c.Mode == gateway.CacheObserve {
		c.MaxError = gateway.DefaultMaxError
	}
}

// completeCache tells which settings do not go with the mode.
func (p *parser) completeCache(c *gateway.CachePolicy, path string, given map[string]gjson.Result) {
	threshold, maxError := given["threshold"], given["max_error"]
	semantic := strings.EqualFold(given["mode"].String(), "semantic")
	switch {
	case threshold.Exists() && maxError.Exists():
		p.problemf(path+".threshold", threshold.Index, "and 'max_error' are both given; keep one")
	case semantic && threshold.Exists():
		c.Mode, c.MaxError = gateway.CacheFixed, 0
	case c.Mode == gateway.CacheFixed && !threshold.Exists():
		p.problemf(path+".threshold", given["mode"].Index, "is missing: the mode fixed needs the least similarity, such as 0.95")
	case (c.Mode == gateway.CacheGuarded || c.Mode == gateway.CacheObserve) && threshold.Exists():
		p.problemf(path+".threshold", threshold.Index, "belongs to the mode fixed; the mode %s takes max_error", c.Mode)
	case !c.Mode.Near() && maxError.Exists() || c.Mode == gateway.CacheFixed && maxError.Exists():
		p.problemf(path+".max_error", maxError.Index, "belongs to the modes guarded and observe")
	case c.MaxError == 0 && (c.Mode == gateway.CacheGuarded || c.Mode == gateway.CacheObserve):
		c.MaxError = gateway.DefaultMaxError
	}
}

// The bounds of max_error. Above the largest one a threshold says more.
const (
	leastMaxError = .0001
	mostMaxError  = .2
)

// share parses 0.01 and "1%".
func (p *parser) share(at string, v gjson.Result) float64 {
	if number, percent := strings.CutSuffix(strings.TrimSpace(v.Str), "%"); v.Type == gjson.String && percent {
		n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err == nil && n/100 >= leastMaxError && n/100 <= mostMaxError {
			return n / 100
		}
	} else if v.Type == gjson.Number && v.Num >= leastMaxError && v.Num <= mostMaxError {
		return v.Num
	}
	p.problemf(at, v.Index, "must be a share of all requests such as 0.01 or \"1%%\", from 0.0001 to 0.2, not %s", gateway.Shorten(v.Raw))
	return 0
}

// maxTemperature is the highest temperature that any vendor takes.
const maxTemperature = 2

// The bounds of a pace in tokens per second.
const (
	leastPace = 1
	mostPace  = 10_000
)

// streamPace parses "fast", "original" and a number of tokens per second.
func (p *parser) streamPace(at string, v gjson.Result) gateway.StreamPace {
	switch {
	case v.Type == gjson.String && v.Str == "fast":
		return gateway.PaceFast
	case v.Type == gjson.String && v.Str == "original":
		return gateway.PaceOriginal
	case v.Type == gjson.Number && v.Num >= leastPace && v.Num <= mostPace:
		return gateway.StreamPace(v.Num)
	}
	p.problemf(at, v.Index, "must be \"fast\", \"original\" or a number of tokens per second from %d to %d, not %s", leastPace, mostPace, gateway.Shorten(v.Raw))
	return gateway.PaceFast
}

func (p *parser) sharing(at string, v gjson.Result) gateway.CacheSharing {
	s, ok := p.stringValue(at, v)
	if !ok {
		return gateway.SharedByWorkspace
	}
	switch sharing := gateway.CacheSharing(s); sharing {
	case "workspace":
		return gateway.SharedByWorkspace
	case gateway.SharedByTeam, gateway.SharedByMember, gateway.SharedByAPIKey:
		return sharing
	}
	p.problemf(at, v.Index, "must be workspace, team, member or api_key, not '%s'", gateway.Shorten(s))
	return gateway.SharedByWorkspace
}
