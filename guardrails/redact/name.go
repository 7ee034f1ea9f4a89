package redact

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/guardrails/pii"
)

// bareLike matches what looks like a placeholder in a name: without brackets, which vendors
// refuse there.
var bareLike = regexp.MustCompile(`[A-Z_]+_[1-9][0-9]*`)

// maxName is longer than any name of a function that a vendor accepts, in bytes.
const maxName = 256

// changesName reports whether hideInName may change this text if it is a name.
func changesName(text string, find finder) bool {
	return len(text) <= maxName && (len(bareLookalikes(text)) > 0 || len(find("", text)) > 0)
}

// hideInName replaces the values in the name of a function by placeholders without brackets,
// CARD_1, and remembers the name as a whole for the way out. A name that looks like such a
// placeholder is itself replaced.
func (r *Redaction) hideInName(name string, find finder) (string, bool) {
	spans := slices.DeleteFunc(find("", name), func(sp pii.Span) bool { return isLookalike(name[sp.Start:sp.End]) })
	spans = merge(spans, bareLookalikes(name))
	if len(spans) == 0 {
		return "", false
	}
	out := replace(name, spans, func(sp pii.Span) string { return strings.Trim(r.vault.hide(sp.Entity, name[sp.Start:sp.End]), "[]") })
	r.vault.names[out] = name
	return out, true
}

// bareLookalikes returns the texts in a name that read like placeholders without brackets.
func bareLookalikes(name string) []pii.Span {
	if !strings.Contains(name, "_") {
		return nil
	}
	var spans []pii.Span
	for _, at := range bareLike.FindAllStringIndex(name, -1) {
		text := name[at[0]:at[1]]
		for entity := range entityNames {
			tail := strings.ToUpper(entity) + "_"
			i := strings.LastIndex(text, tail)
			if i < 0 {
				continue
			}
			if _, err := strconv.Atoi(text[i+len(tail):]); err == nil {
				spans = append(spans, pii.Span{Entity: entity, Start: at[0] + i, End: at[1], Score: 1})
				break
			}
		}
	}
	return spans
}

// handleKind is the beginning of an id that says what it names. Vendors check it in some places.
var handleKind = regexp.MustCompile(`^[a-z]{1,10}_`)

// hideHandle replaces an id in which a value was found by a keyed pseudonym: the same one in every
// place and every turn, so that a result still finds its call, and vendors' caches their prefix.
func (r *Redaction) hideHandle(id string) string {
	out := handleKind.FindString(id) + r.detector.digest(id)[:32]
	r.vault.handles[out] = id
	return out
}
