package e2e

import "testing"

// TestPortkeyAdmin: Portkey's client administers Sluice as it does Portkey.
func TestPortkeyAdmin(t *testing.T) {
	s := start(t, "", nil)
	got := s.script("portkey_admin.mjs")
	for path, want := range map[string]string{
		"workspace.slug": "red", "workspace.users": "1", "workspaces": "1", "members.0.0": "bob@example.com", "members.0.1": "manager", "member": "member", "users.0": "bob@example.com",
		"apiKey.title": "Nightly jobs", "apiKey.status": "active", "apiKey.type": "workspace-service", "apiKey.scopes.0": "completions.write", "apiKey.limit": "10", "apiKey.key": "",
		"listed.0": "Hourly jobs", "keyInList": "false", "virtualKey.slug": "spare", "virtualKey.canary": "false",
		"config.attempts": "3", "config.version": "2", "config.same": "true", "configs": "true",
		"called": "Hello", "limited.status": "429", "refused.status": "403", "bad.status": "400", "gone.status": "401",
	} {
		if got.Get(path).String() != want {
			t.Errorf("%s: got %q, want %q", path, got.Get(path), want)
		}
	}
	for _, left := range got.Get("left").Array() {
		if left.String() == "bob@example.com" {
			t.Error("the member was not removed")
		}
	}
	if t.Failed() {
		t.Log(got.Raw)
	}
}
