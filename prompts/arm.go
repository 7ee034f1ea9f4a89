package prompts

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// draw picks the arm of key. Each arm gets a number from a hash of experiment, arm and
// key, as if it were the time until a clock of that weight rings; the first to ring wins.
// So the shares are those of the weights, the same key gets the same arm, and a changed
// weight, or an arm that comes or goes, moves only the keys that it must.
func draw(experiment, key string, n int, at func(i int) (name string, weight float64)) int {
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

// keyOf gives what an arm is drawn by, and its name for the record. Who sends no such
// metadata is drawn by member, so that the arm is stable all the same.
func keyOf(ex *gateway.Exchange, by string) (key, name string) {
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

// pick draws among the arms of a version of a template.
func (e *experiment) pick(ex *gateway.Exchange, template string) (a *arm, by string) {
	if len(e.arms) == 1 && e.arms[0].name == "" {
		return &e.arms[0], ""
	}
	key, by := keyOf(ex, e.by)
	i := draw(template, key, len(e.arms), func(i int) (string, float64) { return e.arms[i].name, e.arms[i].weight })
	return &e.arms[max(i, 0)], by
}
