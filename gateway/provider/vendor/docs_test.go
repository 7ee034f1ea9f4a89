package vendor

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway/provider/mock"
	"github.com/sluicegate/sluice/gateway/provider/settings"
	"github.com/sluicegate/sluice/internal/goldentest"
)

// TestDocumented compares the table in docs/providers.md with the vendor table; -update
// rewrites it.
func TestDocumented(t *testing.T) {
	const file, begin, end = "../../../docs/providers.md", "<!-- vendors -->\n", "<!-- /vendors -->"
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
	head, list, _ := strings.Cut(after, "<!-- settings -->\n")
	written, tail, _ := strings.Cut(list, "<!-- /settings -->")
	documented := settingsTable()
	after = head + "<!-- settings -->\n" + documented + "<!-- /settings -->" + tail
	switch {
	case was == now && written == documented:
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

// settingsTable lists the settings that any vendor takes.
func settingsTable() string {
	meaning := map[string]string{}
	for _, v := range All() {
		for _, s := range v.Takes() {
			meaning[s.Name] = s.Meaning
		}
	}
	var b strings.Builder
	b.WriteString("| setting | meaning |\n|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(meaning)) {
		b.WriteString("| `" + name + "` | " + meaning[name] + " |\n")
	}
	return b.String()
}

func vendorTable() string {
	var b strings.Builder
	b.WriteString("| id | aliases | vendor | address | credential | formats | settings |\n|---|---|---|---|---|---|---|\n")
	for _, v := range All() {
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
		case v.Scheme == SchemeGoogle:
			credential = "service account or another identity, see below"
		case v.Scheme == SchemeAWS:
			credential = "Signature Version 4, or an API key"
		case v.Scheme == SchemeEntra:
			credential = "`api-key`, or a token of Entra"
		case v.CredentialHeader != "":
			credential = "`" + strings.ToLower(v.CredentialHeader) + "`"
		}
		b.WriteString("| `" + v.ID + "` | " + strings.Join(v.Aliases, ", ") + " | " + v.Name + " | " + address + " | " + credential + " | " + documentedFormats(&v) + " | " + documentedSettings(&v) + " |\n")
	}
	return b.String()
}

// documentedSettings lists the settings that a virtual key of the vendor may have.
func documentedSettings(v *Vendor) string {
	var out []string
	for _, s := range v.Takes() {
		text := "`" + s.Name + "`"
		if regions := slices.Sorted(maps.Keys(v.Regions)); s.Name == settings.Region.Name && len(regions) > 0 {
			text += " (" + strings.Join(regions, ", ") + ")"
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

// documentedFormats lists the vendor's formats, its own first.
func documentedFormats(v *Vendor) string {
	if v.Format == FormatByModel {
		return "by model, see below"
	}
	out := v.OwnFormat("")
	for _, name := range v.Formats.Names() {
		out += ", " + name
		if url := v.Formats[name]; url != "" {
			out += " at `" + url + "`"
		}
	}
	if v.RunPath != "" {
		out += ", its own, see below"
	}
	return out
}
