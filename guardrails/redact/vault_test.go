package redact

import (
	"strings"
	"testing"
)

func TestOnlyWhatMayBecomeAPlaceholderWaits(t *testing.T) {
	v := newVault()
	v.hide("email", "a@b.io")
	v.hide("cn_id", "x")
	for text, held := range map[string]string{
		"a [": "[", "a [E": "[E", "a [email_1": "[email_1", "a [EMAIL_2": "", "a [EMAIL_1]": "", "a [X": "", "a [EMAIL_10": "", "[[": "[",
		"a [CN": "[CN", "[CN_M": "", "[CN_ID_1": "[CN_ID_1", "[EMAIL_1] [": "[", "[EMAIL_0": "", "a [ b": "",
	} {
		if _, got := v.reveal(text, false, proseForm); got != held {
			t.Errorf("%q holds %q, want %q", text, got, held)
		}
		if out, got := v.reveal(text, true, proseForm); got != "" || out != strings.ReplaceAll(text, "[EMAIL_1]", "a@b.io") {
			t.Errorf("%q: final %q, %q", text, out, got)
		}
	}
}

func FuzzRestore(f *testing.F) {
	f.Add("[EMAIL_1][email_1]: é[[PHONE_1]] [EMAIL_99] [EMAIL_1 [EMA] [SECRET_1]\n[EMAIL_12]", 3, 9)
	f.Add(`{"to":"[EMAIL_12]","key":"[SECRET_1]","n":["[EMAIL_01]"]}`, 1, 20)
	v := newVault()
	for _, s := range []string{"a@b.io", "[EMAIL_1]", "\"\\\n", "x"} {
		v.hide("email", s)
		v.hide("cn_id", s+"y")
	}
	f.Fuzz(func(t *testing.T, text string, one, two int) {
		one = max(0, min(one, len(text)))
		two = max(one, min(two, len(text)))
		for _, form := range []textForm{proseForm, jsonForm, signedForm} {
			want, _ := v.reveal(text, true, form)
			got, held := v.reveal(text[:one], false, form)
			out, held := v.reveal(held+text[one:two], false, form)
			last, rest := v.reveal(held+text[two:], true, form)
			if got += out + last; got != want || rest != "" {
				t.Fatalf("cut at %d, %d of %q:\n%q\n%q", one, two, text, got, want)
			}
		}
	})
}
