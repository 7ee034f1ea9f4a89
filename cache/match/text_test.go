package match

import (
	"fmt"
	"strings"
	"testing"
)

// TestLiterals pins the literals of a text as "numbers | placeholders | quoted".
func TestLiterals(t *testing.T) {
	for text, want := range map[string]string{
		"three kilometres. Five. hours":                "[3 km 5 h] [] []",
		"7 Days. km":                                   "[7 d] [] []",
		"twenty-one days":                              "[20 1 d] [] []",
		"first! (Third) 5! kg":                         "[1st 3rd 5 !] [] []",
		"1,000 and 1,00 and 12,345,678":                "[1000 1 00 12345678] [] []",
		".5 of 1.5.2 at 10:30, -5":                     "[0.5 1.5.2 10 : 30 - 5] [] []",
		"$5k, 3.5km, 50%, 3rd":                         "[$ 5 thousand 3.5 km 50 % 3rd] [] []",
		"X XII IV. Xi":                                 "[XII IV] [] []",
		"gpt-4 A1B2 camelCase a_b c/d":                 "[gpt-4 a1b2] [] [camelCase a_b c/d]",
		"US us Us. WHO who":                            "[] [] [US WHO]",
		"4 [EMAIL_1] days [A_1] [_1] [AB] [a_1]":       "[4 1 ] ]] [[EMAIL_1] [A_1]] [a_1]",
		"One's 'own 5' half\"s\"":                      "[1 5 half] [] [own 5 s]",
		"`code 5` ```x 7```":                           "[5 7] [] [code 5 x 7]",
		"“quoted 5” «a» 「b 3」 ‘c’":                     "[5 3] [] [quoted 5 a b 3 c]",
		"5² 1½ ①":                                      "[52 11 ⁄ 2 1] [] [² ½ ①]",
		"三公里 5个月 十 二十 一下 千万别":                          "[3 公里 5 个月 10 二十 万] [] []",
		"٣ of €5 at 20°":                               "[٣ € 5 20 °] [] []",
		"a=b; c=d; f()":                                "[( )] [] [a=b c=d]",
		"5 MB, 5Mb, 5 mb, 5 kB or MB":                  "[5 mb 5 mb 5 mb 5] [] [MB Mb kB MB]",
		"5 mW, 5 MW, 5 W, plan W and 5 K":              "[5 5 5 watt 5 thousand] [] [mW MW W K]",
		"a PET and a pet, ART":                         "[] [] [PET ART]",
		"👍 or 👎 ∑ Δ δ 5 €":                             "[👍 👎 ∑ 5 €] [] [Δ]",
		"[0,1) or (0,1], f(x) or f[x] (so to speak)":   "[[ 0 1 ) ( 0 1 ] ( [] [] []",
		"a = 1, a != 1, 10 > 9, & or &&, !true":        "[= 1 ! = 1 10 > 9 & && !] [] []",
		"mail bob@example.com or http://h/v1?a=1, 5kg": "[5 kg] [] [bob@example.com http://h/v1 a=1]",
	} {
		l := NewText(text).Literals
		if got := fmt.Sprint(l.Numbers, l.Placeholders, l.Quoted); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestLooksLikeCode(t *testing.T) {
	for text, want := range map[string]bool{
		"if (x == 1) { y(); }": true, "a; b; c;": true, "What is {x}?": false, "a=b": false, "": false,
	} {
		if got := NewText(text).LooksLikeCode; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestFold(t *testing.T) {
	for text, want := range map[string]string{
		"  Hello  World!?\t": "hello world",
		"a\n\nb\tc \n d":     "a b c\n d",
		"if x:\n  y\n  z":    "if x:\n  y\n  z",
		"“Don’t” — 5!":       "\"don't\" — 5!",
		"a\x00 \x00B":        "a\x00 \x00b",
		"So\u200bft\u00ad":   "soft",
	} {
		if got := fold(text, false); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := fold(" If (X)  {} \n", true); got != "If (X)  {}" {
		t.Errorf("code was folded to %q", got)
	}
	for n := range 40 { // the lower case is longer
		text, want := strings.Repeat("Ⱥ", n)+"a B  c", strings.Repeat("ⱥ", n)+"a b c"
		if got := fold(text, false); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// FuzzText reads any text. Reading the normal form again gives the same.
func FuzzText(f *testing.F) {
	for _, s := range []string{"Seven: days", "½ 5² ①", "“a” 'b' `c`", "怎么三公里", "twenty-one -5 .5 1,000", "[EMAIL_1]", "\xff\xfe", "x;y={}", "ſK"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a := NewText(s)
		b := NewText(a.Normal)
		if b.Normal != a.Normal || b.Folded != a.Folded || fmt.Sprint(b.Literals.Numbers, b.Literals.Placeholders) != fmt.Sprint(a.Literals.Numbers, a.Literals.Placeholders) {
			t.Errorf("%q: %+v, read again %+v", s, a, b)
		}
	})
}
