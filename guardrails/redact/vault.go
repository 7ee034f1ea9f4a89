package redact

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// vault maps placeholders to original values for one exchange. It is filled on the way in
// and only read on the way out.
type vault struct {
	series       []*series         // in the order of their first value
	placeholders map[string]string // by value
	names        map[string]string // original names of functions, by the name that replaces them
	handles      map[string]string // original ids, by their pseudonyms
}

// series holds the values of one entity: [EMAIL_n] stands for values[n-1].
type series struct {
	entity string
	prefix string // "[EMAIL_"
	values []string
}

func newVault() *vault {
	return &vault{placeholders: map[string]string{}, names: map[string]string{}, handles: map[string]string{}}
}

func (v *vault) empty() bool { return len(v.placeholders) == 0 }

// hide returns the placeholder of value. A value without one gets the entity's next number.
func (v *vault) hide(entity, value string) string {
	if p, ok := v.placeholders[value]; ok {
		return p
	}
	s := v.of(entity)
	if s == nil {
		s = &series{entity: entity, prefix: "[" + strings.ToUpper(entity) + "_"}
		v.series = append(v.series, s)
	}
	s.values = append(s.values, value)
	p := placeholder(entity, len(s.values))
	v.placeholders[value] = p
	return p
}

// hideKnown replaces every value in text that has a placeholder already. Of two values at
// the same place the longer one is replaced.
func (v *vault) hideKnown(text string) string {
	var values []string
	for _, s := range v.series {
		values = append(values, s.values...)
	}
	slices.SortStableFunc(values, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	var pairs []string
	for _, value := range values {
		pairs = append(pairs, value, v.placeholders[value])
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

func (v *vault) of(entity string) *series {
	for _, s := range v.series {
		if s.entity == entity {
			return s
		}
	}
	return nil
}

// hits counts the distinct values by entity, without lookalikes of placeholders.
func (v *vault) hits() []gateway.EntityHits {
	counts := map[string]int{}
	for _, s := range v.series {
		for _, value := range s.values {
			if !isLookalike(value) {
				counts[s.entity]++
			}
		}
	}
	return HitsOf(counts)
}

// HitsOf returns the counts ordered by entity, nil if there are none.
func HitsOf(counts map[string]int) []gateway.EntityHits {
	var hits []gateway.EntityHits
	for entity, n := range counts {
		hits = append(hits, gateway.EntityHits{Entity: entity, Count: n})
	}
	slices.SortFunc(hits, func(a, b gateway.EntityHits) int { return cmp.Compare(a.Entity, b.Entity) })
	return hits
}

// textForm says how placeholders in a text are restored.
type textForm int

const (
	proseForm  textForm = iota // in any case
	jsonForm                   // in any case, values are escaped for a JSON string
	signedForm                 // exactly as written, so that hideKnown is the inverse
)

// reveal replaces the placeholders in text by their values. If more text may follow (final
// is false), a tail that may become a placeholder is returned as rest and not as out.
func (v *vault) reveal(text string, final bool, form textForm) (out, rest string) {
	var b strings.Builder
	at := 0
	for i := 0; i < len(text); {
		next := strings.IndexByte(text[i:], '[')
		if next < 0 {
			break
		}
		i += next
		value, size := v.match(text[i:])
		switch {
		case size > 0 && form == signedForm && v.placeholders[value] != text[i:i+size]:
			i += size
		case size > 0:
			b.WriteString(text[at:i])
			if form == jsonForm {
				b.Write(jsonx.AppendEscaped(nil, value))
			} else {
				b.WriteString(value)
			}
			i += size
			at = i
		case !final && v.mayBecomePlaceholder(text[i:]):
			b.WriteString(text[at:i])
			return b.String(), text[i:]
		default:
			i++
		}
	}
	if at == 0 {
		return text, ""
	}
	b.WriteString(text[at:])
	return b.String(), ""
}

// match reads a placeholder of this vault at the start of text and returns its value and its
// own size in bytes, 0 if there is none.
func (v *vault) match(text string) (value string, size int) {
	entity, number, size := placeholderAt(text)
	if size == 0 {
		return "", 0
	}
	if s := v.of(entity); s != nil && number <= len(s.values) {
		return s.values[number-1], size
	}
	return "", 0
}

// mayBecomePlaceholder reports whether text, which is not a placeholder itself, is the
// beginning of one of this vault.
func (v *vault) mayBecomePlaceholder(text string) bool {
	for _, s := range v.series {
		if len(text) <= len(s.prefix) {
			if strings.EqualFold(text, s.prefix[:len(text)]) {
				return true
			}
			continue
		}
		if !strings.EqualFold(text[:len(s.prefix)], s.prefix) {
			continue
		}
		digits := text[len(s.prefix):]
		number, err := strconv.Atoi(digits)
		if err == nil && number >= 1 && number <= len(s.values) && strconv.Itoa(number) == digits {
			return true
		}
	}
	return false
}
