package config

import (
	"os"
	"time"

	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// Warnings lists what a server's file without problems may lack, or will soon: virtual keys that its
// configs name and that it does not declare, and such as expire within seven days. Other files have none.
func Warnings(file string, checks Checks, getenv func(string) (string, bool), now time.Time) yamltree.Problems {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	root, _ := yamltree.Parse(raw)
	if root == nil || !isServerFile(file, root) {
		return nil
	}
	cfg, err := Read(file, raw, getenv, checks)
	if err != nil {
		return nil
	}
	var out yamltree.Problems
	type place struct{ workspace, name string }
	declared := map[place]bool{}
	for i, k := range cfg.VirtualKeys {
		declared[place{k.Workspace, k.Name}] = true
		if problem := credential.ExpiryProblem(k.ExpiresAt, now); problem != "" {
			at := root.Get("virtual_keys").Items[i].Get("expires_at")
			out = append(out, at.Problem("the virtual key '%s' %s", k.Name, problem))
		}
	}
	for i, c := range cfg.Configs {
		document := root.Get("configs").Items[i].Get("config")
		for _, r := range References(c.Document) {
			if !declared[place{c.Workspace, r.VirtualKey}] {
				out = append(out, placed(document, Problem{Path: r.Path,
					Message: "this file declares no virtual key '" + r.VirtualKey + "' of the workspace " + c.Workspace + ": calls fail unless it was made through the admin API"}))
			}
		}
	}
	return out.In(file)
}
