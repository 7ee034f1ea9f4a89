package prompts

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// drawByKey chooses one of n arms for key, in proportion to the weights. A hash of
// experiment, arm and key gives each arm a uniform number, which is turned into an
// exponentially distributed waiting time with the arm's weight as its rate. The arm with the
// shortest time is chosen. The same key always gets the same arm, and a changed, added or
// removed arm changes the choice for as few keys as possible.
func drawByKey(experiment, key string, n int, at func(i int) (name string, weight float64)) int {
	best, first := -1, math.Inf(1)
	var buf []byte
	for i := range n {
		name, weight := at(i)
		if weight <= 0 {
			continue
		}
		buf = buf[:0]
		for _, part := range []string{experiment, name, key} {
			buf = binary.AppendUvarint(buf, uint64(len(part)))
			buf = append(buf, part...)
		}
		sum := sha256.Sum256(buf)
		u := (float64(binary.BigEndian.Uint64(sum[:])>>11) + 0.5) / (1 << 53)
		if ring := -math.Log(u) / weight; ring < first {
			best, first = i, ring
		}
	}
	return best
}

// drawKey returns the key that an arm is drawn by, and its name for the record. A caller
// that does not send the metadata field is drawn by member, so that its arm is stable too.
func drawKey(ex *gateway.Exchange, by string) (key, name string) {
	if field, ok := strings.CutPrefix(by, "metadata."); ok && ex.Envelope != nil {
		if v := ex.Envelope.Metadata[field]; v != "" {
			return v, by
		}
	}
	if ex.Principal != nil && ex.Principal.Member != "" {
		return ex.Principal.Member, "member"
	}
	if ex.Principal != nil {
		return ex.Principal.APIKey, "member"
	}
	return ex.ID, "request"
}

// drawArm chooses an arm of a version of a template.
func (e *experiment) drawArm(ex *gateway.Exchange, template string) (a *arm, by string) {
	if len(e.arms) == 1 && e.arms[0].name == "" {
		return &e.arms[0], ""
	}
	key, by := drawKey(ex, e.by)
	i := drawByKey(template, key, len(e.arms), func(i int) (string, float64) { return e.arms[i].name, e.arms[i].weight })
	return &e.arms[max(i, 0)], by
}
