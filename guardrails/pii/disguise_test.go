package pii

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// disguises write a text so that a reader, or a model, still reads the same.
var disguises = map[string]func(string) string{
	"Arabic-Indic": digitsFrom(0x660), "Eastern Arabic": digitsFrom(0x6F0), "Devanagari": digitsFrom(0x966), "Khmer": digitsFrom(0x17E0),
	"bold": digitsFrom(0x1D7CE), "double-struck": digitsFrom(0x1D7D8), "monospace": digitsFrom(0x1D7F6), "full width": digitsFrom(0xFF10),
	"mathematical letters": func(s string) string {
		return strings.Map(func(r rune) rune {
			switch {
			case r >= 'a' && r <= 'z':
				return 0x1D41A + r - 'a'
			case r >= 'A' && r <= 'Z':
				return 0x1D5D4 + r - 'A'
			}
			return r
		}, s)
	},
	"entities":         entities("&#%d;"),
	"hex entities":     entities("&#x%x;"),
	"open entities":    func(s string) string { return strings.ReplaceAll(entities("&#%04d")(s), " ", "") },
	"escaped entities": entities("&amp;#%d;"),
	"named entities": func(s string) string {
		return strings.NewReplacer("@", "&commat;", ".", "&period;", "-", "&hyphen;").Replace(s)
	},
}

func digitsFrom(zero rune) func(string) string {
	return func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return zero + r - '0'
			}
			return r
		}, s)
	}
}

func entities(form string) func(string) string {
	return func(s string) string {
		var b strings.Builder
		for _, r := range s {
			fmt.Fprintf(&b, form, r)
		}
		return b.String()
	}
}

// A value is found however it is written, and the span is the value as it is written.
func TestDisguisedValuesAreFound(t *testing.T) {
	sc := scanner(t, Entities()...)
	values := map[string]string{"card": "4111111111111111", "email": "alice@example.com", "phone": "+14155552671",
		"iban": "DE89370400440532013000", "cn_mobile": "13812345678", "ssn": "536-22-1234"}
	for name, disguise := range disguises {
		for entity, value := range values {
			t.Run(name+" "+entity, func(t *testing.T) {
				hidden := disguise(value)
				text := "it is (" + hidden + ") so"
				spans := sc.Scan(nil, text)
				if len(spans) != 1 || spans[0].Entity != entity || text[spans[0].Start:spans[0].End] != hidden {
					t.Errorf("%q: %+v", text, spans)
				}
			})
		}
	}
}

// Property: any mixture of digits of all scripts and entities is found.
func TestMixedDigitsAreFound(t *testing.T) {
	sc := scanner(t, "card")
	forms := []func(string) string{digitsFrom(0x660), digitsFrom(0x1D7F6), digitsFrom(0xFF10), entities("&#%d;"), entities("&#x%X;"), func(s string) string { return s }, func(s string) string { return s + "\u200b" }}
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var b strings.Builder
		for _, r := range "5500005555555559" {
			b.WriteString(forms[random.IntN(len(forms))](string(r)))
		}
		text := "x " + b.String() + " y"
		if spans := sc.Scan(nil, text); len(spans) != 1 || spans[0].Start != 2 {
			t.Fatalf("%q: %+v", text, spans)
		}
	}
}

func TestNumbersInScientificNotation(t *testing.T) {
	sc := scanner(t, Entities()...)
	for text, want := range map[string]string{
		"4.111111111111111e15":         "card",
		"4.111111111111111E+15":        "card",
		"4111111111111111.0":           "card",
		"4111111111111111e0":           "card",
		"41111111111111110e-1":         "card",
		"0.4111111111111111e16":        "card",
		"pay 4.111111111111111e15, ok": "card",
		"1.3812345678e10":              "cn_mobile",
		"call 4.155552671e9":           "phone",
		"1.10101199001011237e17":       "cn_id",
		"4.111111111111112e15":         "", // the checksum is wrong
		"1.5e10":                       "", // a quantity
		"13812345678.5":                "",
		"1.3812345678e10.2":            "",
		"v4.111111111111111e15":        "",
		"4.111111111111111e15x":        "",
		"4.111111111111111e1":          "",
		"6.02214076e23":                "",
		"3.141592653589793":            "",
	} {
		spans := sc.Scan(nil, text)
		got := ""
		if len(spans) > 0 {
			got = spans[0].Entity
		}
		if got != want || len(spans) > 1 {
			t.Errorf("%q: %+v, want %q", text, spans, want)
		}
		if digits := strings.IndexAny(text, "0123456789"); got != "" && spans[0].Start != digits {
			t.Errorf("%q: the span is %+v", text, spans[0])
		}
	}
}
