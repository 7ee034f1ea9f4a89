package guardrails

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/pii"
)

// vault maps placeholders to originals for one exchange. It is filled on the way in and
// only read on the way out; it is never stored, logged or encoded.
type vault struct {
	kinds []kind
	taken map[string]bool // placeholders the caller typed, in capitals
	room  [2]kind
}

// kind holds the placeholders of one entity.
type kind struct {
	entity string
	open   string  // "[EMAIL_"
	hidden []entry // by number
	known  map[string]int
}

type entry struct {
	number   int
	original string
}

func newVault() *vault {
	v := &vault{}
	v.kinds = v.room[:0]
	return v
}

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

// hide appends the placeholder of original to dst.
func (v *vault) hide(dst []byte, entity, original string) []byte {
	k := v.kind(entity)
	n := k.find(original)
	if n == 0 {
		if len(k.hidden) > 0 {
			n = k.hidden[len(k.hidden)-1].number
		}
		for n++; len(v.taken) > 0 && v.taken[string(k.placeholder(nil, n))]; n++ {
		}
		k.add(entry{n, original})
	}
	return k.placeholder(dst, n)
}

func (v *vault) kind(entity string) *kind {
	for i := range v.kinds {
		if v.kinds[i].entity == entity {
			return &v.kinds[i]
		}
	}
	v.kinds = append(v.kinds, kind{entity: entity, open: "[" + strings.ToUpper(entity) + "_"})
	return &v.kinds[len(v.kinds)-1]
}

// few is how many values are looked for one by one; more get a map.
const few = 16

// find gives the number of original, 0 if it has none.
func (k *kind) find(original string) int {
	if k.known != nil {
		return k.known[original]
	}
	for i := range k.hidden {
		if k.hidden[i].original == original {
			return k.hidden[i].number
		}
	}
	return 0
}

func (k *kind) add(e entry) {
	k.hidden = append(k.hidden, e)
	switch {
	case k.known != nil:
		k.known[e.original] = e.number
	case len(k.hidden) > few:
		k.known = make(map[string]int, 4*few)
		for _, e := range k.hidden {
			k.known[e.original] = e.number
		}
	}
}

// original gives the value behind a number.
func (k *kind) original(n int) (string, bool) {
	i := sort.Search(len(k.hidden), func(i int) bool { return k.hidden[i].number >= n })
	if i == len(k.hidden) || k.hidden[i].number != n {
		return "", false
	}
	return k.hidden[i].original, true
}

func (k *kind) placeholder(dst []byte, n int) []byte {
	return append(strconv.AppendInt(append(dst, k.open...), int64(n), 10), ']')
}

// hits counts the distinct values by entity.
func (v *vault) hits() []gateway.EntityHits {
	out := make([]gateway.EntityHits, 0, len(v.kinds))
	for i := range v.kinds {
		out = append(out, gateway.EntityHits{Entity: v.kinds[i].entity, Count: len(v.kinds[i].hidden)})
	}
	slices.SortFunc(out, func(a, b gateway.EntityHits) int { return strings.Compare(a.Entity, b.Entity) })
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

// stands reports whether a JSON text may hold one of the placeholders, written out or with
// escapes, at any depth.
func (v *vault) stands(text string) bool {
	for i := 0; ; i++ {
		next := strings.IndexByte(text[i:], '[')
		if next < 0 {
			return strings.Contains(text, `\u`)
		}
		if i += next; v.begun(text[i:]) {
			return true
		}
	}
}

// begun reports whether t begins like a placeholder of this vault.
func (v *vault) begun(t string) bool {
	_, size, open := v.match(t)
	return size > 0 || open
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
		if s, ok := k.original(n); ok && t[j] == ']' {
			return s, j + 1, false
		}
		return "", 0, false
	}
	return "", 0, open
}

// begins reports whether a number in use begins with these digits.
func (k *kind) begins(digits string) bool {
	for i := range k.hidden {
		if strings.HasPrefix(strconv.Itoa(k.hidden[i].number), digits) {
			return true
		}
	}
	return false
}
