package provider

import (
	"os"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway/provider/mock"
	"github.com/sluicegate/sluice/internal/goldentest"
)

// TestDocumented compares the table in docs/providers.md with the vendor table; -update
// rewrites it.
func TestDocumented(t *testing.T) {
	const file, begin, end = "../../docs/providers.md", "<!-- vendors -->\n", "<!-- /vendors -->"
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(raw), begin)
	was, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatal("docs/providers.md has lost its markers")
	}
	now := vendorTable()
	switch {
	case was == now:
	case goldentest.Update():
		if err := os.WriteFile(file, []byte(before+begin+now+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("docs/providers.md is not the table of vendors; run this test with -update\n%s", now)
	}
	for _, m := range mock.Models() {
		if !strings.Contains(after, "`mock/"+m.ID+"`") {
			t.Errorf("docs/providers.md does not name mock/%s", m.ID)
		}
	}
}

func vendorTable() string {
	var b strings.Builder
	b.WriteString("| id | aliases | vendor | address | credential | formats |\n|---|---|---|---|---|---|\n")
	for _, v := range Vendors() {
		address, credential := "give a `base_url`", "`Authorization: Bearer`"
		switch {
		case v.Format == FormatMock:
			address = "inside the process"
		case v.BaseURL != "":
			address = "`" + v.BaseURL + "`"
		}
		switch {
		case v.Keyless:
			credential = "none needed"
		case v.CredentialHeader != "":
			credential = "`" + strings.ToLower(v.CredentialHeader) + "`"
		}
		b.WriteString("| `" + v.ID + "` | " + strings.Join(v.Aliases, ", ") + " | " + v.Name + " | " + address + " | " + credential + " | " + documentedFormats(&v) + " |\n")
	}
	return b.String()
}

// documentedFormats lists the vendor's formats, its own first.
func documentedFormats(v *Vendor) string {
	out := v.ownFormat()
	for _, name := range v.Formats.Names() {
		out += ", " + name
		if url := v.Formats[name]; url != "" {
			out += " at `" + url + "`"
		}
	}
	return out
}
