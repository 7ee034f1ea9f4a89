package litellm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestInclude: models of other files are added, and findings name the file.
func TestInclude(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"main.yaml":        "include: [models.yaml, more/others.yaml]\nmodel_list: [{model_name: a, litellm_params: {model: openai/a, api_key: k}}]\nlitellm_settings: {num_retries: 0}\n",
		"models.yaml":      "model_list:\n  - {model_name: b, litellm_params: {model: openai/b, api_key: k, aws_role: x}}\ninclude: [main.yaml]\n",
		"broken.yaml":      "include: [absent.yaml, bad.yaml]\n",
		"bad.yaml":         "a: [\n",
		"none.yaml":        "include: models.yaml\ngeneral_settings: {master_key: sk-main}\n",
		"more/others.yaml": "model_list: [{model_name: c, litellm_params: {model: openai/c, api_key: k}}]\nlitellm_settings: {num_retries: 1}\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	load := func(name string) (Result, error) {
		return Load(filepath.Join(dir, name), func(string) (string, bool) { return "", false }, checks())
	}
	read, err := load("main.yaml")
	if err != nil || len(read.Config.Models) != 3 || !strings.Contains(string(read.Config.Configs[0].Document), `"retry":1`) {
		t.Fatalf("%+v, %v", read.Config, err)
	}
	if len(read.Findings) != 2 || read.Findings[0].File != filepath.Join(dir, "models.yaml") || read.Findings[0].Line != 2 {
		t.Errorf("findings %v", read.Findings)
	}
	if read, err := load("none.yaml"); err != nil || len(read.Config.Models) != 1 || read.Config.OwnerKey.Empty() || !RecogniseFile(filepath.Join(dir, "none.yaml")) {
		t.Errorf("without models of its own: %+v, %v", read.Config.Models, err)
	}
	if _, err := load("broken.yaml"); err == nil || !strings.Contains(err.Error(), "include[0]: the file cannot be read") || !strings.Contains(err.Error(), "bad.yaml:") {
		t.Errorf("%v", err)
	}
}
