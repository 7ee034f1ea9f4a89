package header

import (
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// maxOrder bounds the header that tells orders, in bytes.
const maxOrder = 2048

// orders tells how cheapest and fastest nodes ordered their targets: "fastest config: config.targets[1]
// (20 ms), config.targets[0] (failing)". What a target costs is not told: a caller may pay another price.
func orders(rankings []gateway.Ranking) string {
	var b strings.Builder
	for i := range rankings {
		r := &rankings[i]
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(string(r.Mode) + " " + r.Node + ": ")
		for k := range r.Places {
			if b.Len() > maxOrder {
				return b.String() + ", ..."
			}
			if k > 0 {
				b.WriteString(", ")
			}
			b.WriteString(r.Places[k].Node + why(r.Mode, &r.Places[k]))
		}
	}
	return b.String()
}

// why is the reason of a place, or the time that it stands for.
func why(mode gateway.Mode, p *gateway.Place) string {
	var parts []string
	if mode == gateway.ModeFastest && p.Known {
		parts = append(parts, strconv.FormatInt(p.Time.Milliseconds(), 10)+" ms")
	}
	if p.Reason != gateway.RankByFigure {
		parts = append(parts, string(p.Reason))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}
