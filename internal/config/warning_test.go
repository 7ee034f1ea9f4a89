package config

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestWarnings: a key is told of seven days before its end. A config document and a file with problems have
// no warnings.
func TestWarnings(t *testing.T) {
	const key = "virtual_keys:\n  - {name: a, provider: openai, api_key: x, expires_at: \"2026-12-08T00:00:00Z\"}\n"
	for _, c := range []struct {
		name, file, text string
		now              string
		want             string
	}{
		{"soon", "sluice.yaml", key, "2026-12-01T12:00:00Z", "sluice.yaml:2:57: virtual_keys[0].expires_at: the virtual key 'a' expires at 2026-12-08T00:00:00Z"},
		{"not yet", "sluice.yaml", key, "2026-11-30T12:00:00Z", ""},
		{"a problem", "sluice.yaml", key + "colour: red\n", "2026-12-01T12:00:00Z", ""},
		{"a document", "doc.yaml", "virtual_key: nobody\n", "2026-12-01T12:00:00Z", ""},
		{"no file", "", "", "2026-12-01T12:00:00Z", ""},
	} {
		t.Chdir(t.TempDir())
		if c.file != "" {
			if err := os.WriteFile(filepath.Clean(c.file), []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := Warnings(c.file, fakeChecks, os.LookupEnv, now).Error(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
