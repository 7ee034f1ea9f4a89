package prompts

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/rendezvous"
)

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
	i := rendezvous.First(template, key, len(e.arms), func(i int) (string, float64) { return e.arms[i].name, e.arms[i].weight })
	return &e.arms[max(i, 0)], by
}
