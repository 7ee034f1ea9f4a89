package guardrails

import (
	"sort"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/checks/pii"
)

// vault maps placeholders to originals for one exchange. It is filled on the way in and
// only read on the way out; it is never stored, logged or encoded.
type vault struct {
	kinds  []kind
	values map[value]int   // number of the value's placeholder
	taken  map[string]bool // placeholders the caller typed, in capitals
}

type value struct{ entity, original string }

// kind holds the placeholders of one entity.
type kind struct {
	entity    string
	open      string // "[EMAIL_"
	next      int
	originals map[int]string
}

func newVault() *vault { return &vault{values: map[value]int{}} }

// reserve notes lookalikes in what the caller typed, so that their numbers are skipped.
func (v *vault) reserve(text string) {
	for i := strings.IndexByte(text, '['); i >= 0; {
		rest := text[i:]
		if end := strings.IndexByte(rest[:min(len(rest), 32)], ']'); end > 0 && lookalike(rest[1:end]) {
			if v.taken == nil {
				v.taken = map[string]bool{}
			}
			v.taken[strings.ToUpper(rest[:end+1])] = true
		}
		next := strings.IndexByte(text[i+1:], '[')
		if next < 0 {
			break
		}
		i += 1 + next
	}
}

// lookalike reports "EMAIL_12" in any case.
func lookalike(s string) bool {
	cut := strings.LastIndexByte(s, '_')
	if cut < 0 {
		return false
	}
	if _, err := strconv.ParseUint(s[cut+1:], 10, 64); err != nil {
		return false
	}
	for _, e := range pii.Entities() {
		if strings.EqualFold(e, s[:cut]) {
			return true
		}
	}
	return false
}

// hide gives the placeholder of original.
func (v *vault) hide(entity, original string) string {
	k := v.kind(entity)
	n, known := v.values[value{entity, original}]
	if !known {
		for k.next++; v.taken[k.placeholder(k.next)]; k.next++ {
		}
		n = k.next
		k.originals[n] = strings.Clone(original)
		v.values[value{entity, k.originals[n]}] = n
	}
	return k.placeholder(n)
}

func (v *vault) kind(entity string) *kind {
	for i := range v.kinds {
		if v.kinds[i].entity == entity {
			return &v.kinds[i]
		}
	}
	v.kinds = append(v.kinds, kind{entity: entity, open: "[" + strings.ToUpper(entity) + "_", originals: map[int]string{}})
	return &v.kinds[len(v.kinds)-1]
}

func (k *kind) placeholder(n int) string { return k.open + strconv.Itoa(n) + "]" }

// hits counts the distinct values by entity.
func (v *vault) hits() []gateway.EntityHits {
	out := make([]gateway.EntityHits, 0, len(v.kinds))
	for i := range v.kinds {
		out = append(out, gateway.EntityHits{Entity: v.kinds[i].entity, Count: len(v.kinds[i].originals)})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Entity < out[j].Entity })
	return out
}

// reveal puts originals back into text. Unless it is final, a tail that more text could turn
// into a placeholder is held back. quoted: text is JSON, so originals are escaped for it.
func (v *vault) reveal(text string, final, quoted bool) (out, held string) {
	i := strings.IndexByte(text, '[')
	if i < 0 {
		return text, ""
	}
	var b []byte
	at := 0
	for ; i < len(text); i++ {
		if text[i] != '[' {
			next := strings.IndexByte(text[i:], '[')
			if next < 0 {
				break
			}
			i += next
		}
		original, size, open := v.match(text[i:])
		switch {
		case size > 0:
			b = append(b, text[at:i]...)
			if quoted {
				q := gateway.AppendQuoted(nil, original)
				b = append(b, q[1:len(q)-1]...)
			} else {
				b = append(b, original...)
			}
			at = i + size
			i = at - 1
		case open && !final:
			held, text = text[i:], text[:i]
		}
	}
	if at == 0 {
		return text, held
	}
	return string(append(b, text[at:]...)), held
}

// match reads a placeholder of this vault at the beginning of t: its original and size, or
// whether t is the beginning of one.
func (v *vault) match(t string) (original string, size int, open bool) {
	for i := range v.kinds {
		k := &v.kinds[i]
		if len(t) <= len(k.open) {
			open = open || strings.EqualFold(t, k.open[:len(t)])
			continue
		}
		if !strings.EqualFold(t[:len(k.open)], k.open) {
			continue
		}
		j, n := len(k.open), 0
		for j < len(t) && t[j]-'0' < 10 && n < 1<<30 && (n > 0 || t[j] != '0') {
			n = n*10 + int(t[j]-'0')
			j++
		}
		if j == len(t) {
			return "", 0, k.begins(t[len(k.open):])
		}
		if s, ok := k.originals[n]; ok && t[j] == ']' {
			return s, j + 1, false
		}
		return "", 0, false
	}
	return "", 0, open
}

// begins reports whether a number in use begins with these digits.
func (k *kind) begins(digits string) bool {
	for n := range k.originals {
		if strings.HasPrefix(strconv.Itoa(n), digits) {
			return true
		}
	}
	return false
}
