package config

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/sluicegate/sluice/internal/config/promptfile"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// The kinds of file that CheckFile tells apart by content.
const (
	ServerFile     = "the server's file"
	ConfigDocument = "a config document"
)

// CheckFile reads a file as a prompt file, the server's file or a config document, by its
// name, else by its keys. as is the kind that was chosen where the keys fit both, else "".
func CheckFile(file string, checks Checks, getenv func(string) (string, bool)) (problems yamltree.Problems, as string) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return yamltree.Problems{{File: file, Message: "cannot be read: " + errors.Unwrap(err).Error()}}, ""
	}
	if strings.HasSuffix(file, promptfile.Suffix) {
		_, ps := promptfile.Read(file, raw)
		return ps, ""
	}
	root, ps := yamltree.Parse(raw)
	if root == nil {
		if !json.Valid(raw) {
			return ps.In(file), ""
		}
		out := yamltree.Problems{} // JSON that is not YAML: indented with tabs, for example
		for _, p := range checks.Config(raw) {
			out = append(out, Problem{Path: p.Path, Message: p.Message})
		}
		return out.In(file), ""
	}
	document := func() yamltree.Problems { return append(ps, checkDocument(root, checks.Config)...).In(file) }
	switch {
	case isServerFile(file, root):
		return checkServerFile(file, raw, checks, getenv), ""
	case !fitsBoth(root):
		return document(), ""
	}
	server := checkServerFile(file, raw, checks, getenv)
	if len(server) == 0 {
		return nil, ServerFile
	}
	if doc := document(); len(doc) <= len(server) {
		return doc, ConfigDocument
	}
	return server, ServerFile
}

func checkServerFile(file string, raw []byte, checks Checks, getenv func(string) (string, bool)) yamltree.Problems {
	_, err := Read(file, raw, getenv, checks)
	var bad *Error
	if errors.As(err, &bad) {
		return bad.Problems
	}
	return nil
}

// fitsBoth reports whether every key of the file belongs to both kinds.
func fitsBoth(root *yamltree.Node) bool {
	for _, f := range root.Fields {
		if f.Name != "cache" && f.Name != "redact" {
			return false
		}
	}
	return len(root.Fields) > 0
}

// serverKeys are top-level keys that no config document has.
var serverKeys = []string{
	"alerts", "catalog", "vendor_objects",
	"listen", "data_dir", "organisation", "workspaces", "teams", "virtual_keys", "vault", "api_keys", "configs", "models", "prompts", "max_body", "control", "telemetry", "audit", "counters", "rate_limits", "budgets", "price_rules", "pricing", "timeouts", "tls", "h2c",
	"limits", "drain", "realtime", "compat", "trusted_proxies", "allowed_origins", "trusted_hosts", "public_url", "oidc", "device_keys", "exports", "claude_code", "jwt"}

func isServerFile(file string, root *yamltree.Node) bool {
	base := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(file), ".yaml"), ".yml")
	if base == "sluice" {
		return true
	}
	for _, k := range serverKeys {
		if root.Get(k) != nil {
			return true
		}
	}
	return false
}

func checkDocument(root *yamltree.Node, validate Validator) yamltree.Problems {
	if root.Kind != yamltree.Map {
		return yamltree.Problems{root.Problem("a config must be a map, not %s", root.Kind)}
	}
	var out yamltree.Problems
	for _, p := range validate(root.JSON()) {
		out = append(out, placed(root, p))
	}
	return out
}
