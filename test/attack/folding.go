package main

import (
	"bytes"
	"encoding/json"
	"html"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// folded is all that a reader could make of a JSON body: strings, keys and numbers one after the
// other, in lower case and compatibility form, without entities, escapes, invisible characters
// and combining marks.
func folded(body string) string {
	var all strings.Builder
	d := json.NewDecoder(strings.NewReader(body))
	d.UseNumber()
	for {
		token, err := d.Token()
		if err != nil {
			break
		}
		switch v := token.(type) {
		case string:
			all.WriteString(v)
		case json.Number:
			all.WriteString(v.String())
		}
	}
	if all.Len() == 0 {
		all.WriteString(body)
	}
	return fold(all.String())
}

func fold(text string) string {
	text = html.UnescapeString(text)
	if plain, err := url.PathUnescape(text); err == nil {
		text = plain
	}
	var out bytes.Buffer
	for _, c := range norm.NFKD.String(text) {
		switch {
		case unicode.Is(unicode.Mn, c), unicode.Is(unicode.Cf, c), unicode.Is(unicode.Me, c):
		case unicode.Is(unicode.Nd, c):
			out.WriteByte('0' + byte(digit(c)))
		default:
			out.WriteRune(unicode.ToLower(c))
		}
	}
	return out.String()
}

// digit is the value of a decimal digit of any script: each has its ten in a row.
func digit(c rune) int {
	for _, r := range unicode.Nd.R16 {
		if c >= rune(r.Lo) && c <= rune(r.Hi) {
			return int(c-rune(r.Lo)) % 10
		}
	}
	for _, r := range unicode.Nd.R32 {
		if c >= rune(r.Lo) && c <= rune(r.Hi) {
			return int(c-rune(r.Lo)) % 10
		}
	}
	return 0
}

// digitsOf keeps the digits only.
func digitsOf(text string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, text)
}
