package signin

import (
	"html"
	"reflect"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway/identity"
)

// Whatever stands in a page's fields is text in it, never markup, and is filled into no other place.
func TestPagesEscapeTheirValues(t *testing.T) {
	const hostile = `{body}"><script>alert('%s')</script>&{head}`
	form := &decideForm{Calls: true, Keys: []identity.DeviceKeyRef{{ID: hostile, Name: hostile}}}
	sign := &signInForms{}
	p := page{AskCode: true, SignIn: sign, Decide: form}
	filled := 0
	for _, v := range []any{&p, sign, form} {
		fields := reflect.ValueOf(v).Elem()
		for i := range fields.NumField() {
			if f := fields.Field(i); f.Kind() == reflect.String {
				f.SetString(hostile)
				filled++
			}
		}
	}
	text := p.html()
	if want := html.EscapeString(hostile); filled < 14 || strings.Count(text, want) < filled+2 {
		t.Errorf("%d of at least %d values are escaped:\n%s", strings.Count(text, want), filled+2, text)
	}
	for _, not := range []string{"<script", `"">`, "%!", "MISSING"} {
		if strings.Contains(text, not) {
			t.Errorf("the page contains %q:\n%s", not, text)
		}
	}
}

// A page shows what it was given, and nothing of the rest.
func TestPageParts(t *testing.T) {
	for name, c := range map[string]struct {
		page page
		want string
	}{
		"text":    {page{Title: "Refused", Text: "The program was refused."}, "<h1>Refused</h1>\n<p>The program was refused.</p>\n</main>"},
		"problem": {page{Title: "T", Problem: "No."}, "<h1>T</h1>\n<p class=\"problem\" role=\"alert\">No.</p>\n</main>"},
		"next":    {page{Title: "T", Next: "/device?a=1&b=2"}, "<h1>T</h1>\n<p><a href=\"/device?a=1&amp;b=2\">Continue</a></p>\n</main>"},
	} {
		if got := c.page.html(); !strings.Contains(got, c.want) || strings.Contains(got, "refresh") != (c.page.Next != "") || !strings.Contains(got, "<style>"+pageStyle+"</style>") {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}
