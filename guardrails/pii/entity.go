package pii

import (
	"fmt"
	"strings"
)

// mask is a set of entities.
type mask uint16

// The entities by rank: where two overlap, the later one wins.
const (
	phone mask = 1 << iota
	cnMobile
	ip
	ssn
	card
	cnID
	iban
	email
	secret
	end
)

var names = [...]struct {
	bit  mask
	name string
}{
	{email, "email"}, {phone, "phone"}, {card, "card"}, {ip, "ip"}, {iban, "iban"},
	{ssn, "ssn"}, {cnID, "cn_id"}, {cnMobile, "cn_mobile"}, {secret, "secret"},
}

// Entities returns the names that New accepts.
func Entities() []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = n.name
	}
	return out
}

func (m mask) String() string {
	for _, n := range names {
		if n.bit == m {
			return n.name
		}
	}
	return ""
}

func parse(entities []string) (mask, error) {
	var m mask
next:
	for _, e := range entities {
		for _, n := range names {
			if n.name == e {
				m |= n.bit
				continue next
			}
		}
		return 0, fmt.Errorf("unknown entity %q; known are %s", e, strings.Join(Entities(), ", "))
	}
	return m, nil
}
