package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/tidwall/gjson"
)

// version is the installed version of a client's package, "?" if it is not installed.
func (p place) version(c Client) string {
	if c.Runtime == "js" {
		return npmVersion(filepath.Join(p.folder, "sdks/node_modules", c.Package))
	}
	folder := filepath.Join("sdks", c.Runtime)
	if c.Runtime == "agent" {
		if v := npmVersion(filepath.Join(p.folder, "agents/node_modules", c.Package)); v != "?" {
			return v
		}
		folder = "agents/aider"
	}
	name := strings.NewReplacer("-", "_", ".", "_").Replace(c.Package)
	found, err := filepath.Glob(filepath.Join(p.folder, folder, ".venv/lib/python3*/site-packages", name+"-*.dist-info"))
	if err != nil || len(found) == 0 {
		return "?"
	}
	return strings.TrimSuffix(strings.TrimPrefix(filepath.Base(found[0]), name+"-"), ".dist-info")
}

func npmVersion(folder string) string {
	text, err := os.ReadFile(filepath.Join(folder, "package.json"))
	if err != nil {
		return "?"
	}
	return gjson.GetBytes(text, "version").String()
}
