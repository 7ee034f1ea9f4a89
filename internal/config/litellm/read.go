package litellm

import (
	"os"

	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// defaultListen is LiteLLM's port. LiteLLM listens on every address; Sluice does so only if it is
// told to.
const defaultListen = "127.0.0.1:4000"

// Result is what a file says, with those that it includes.
type Result struct {
	Config   config.Config
	Findings Findings
}

// Recognise reports whether raw is a file of LiteLLM's proxy: it has a model_list, or includes a
// file that may have one.
func Recognise(raw []byte) bool {
	root, _ := yamltree.Parse(raw)
	return root != nil && (root.Get("model_list") != nil || root.Get("include") != nil)
}

// RecogniseFile is Recognise for a file by its name; false if it cannot be read.
func RecogniseFile(path string) bool {
	raw, err := os.ReadFile(path)
	return err == nil && Recognise(raw)
}

// Load reads a file.
func Load(path string, getenv func(string) (string, bool), checks config.Checks) (Result, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return Result{}, err
	}
	return Read(path, raw, getenv, checks)
}

// reader reads one file.
type reader struct {
	file     string
	getenv   func(string) (string, bool)
	checks   config.Checks
	replaced map[*yamltree.Node]bool // nodes whose text came from a variable
	findings Findings

	credentials map[string]*yamltree.Node // credential_list by name
	defaults    defaults
	slugs, keys names            // of configs and of virtual keys
	places      map[string]place // of the models that fallbacks name
	config      config.Config
}

// Read is Load for a file whose text is at hand. The error is a *config.Error if the text is no
// YAML, or a part that everything depends on cannot be read.
func Read(path string, raw []byte, getenv func(string) (string, bool), checks config.Checks) (Result, error) {
	root, problems := yamltree.Parse(raw)
	if root == nil || len(problems) > 0 {
		return Result{}, &config.Error{Problems: problems.In(path)}
	}
	r := &reader{file: path, getenv: getenv, checks: checks, replaced: map[*yamltree.Node]bool{}, credentials: map[string]*yamltree.Node{}, places: map[string]place{}, config: config.Default()}
	r.config.Listen, r.config.Compat = defaultListen, "litellm"
	if problems := r.include(root); len(problems) > 0 {
		return Result{}, &config.Error{Problems: problems}
	}
	r.variables(root)
	list := root.Get("model_list")
	if list == nil || list.Kind != yamltree.List {
		return Result{}, &config.Error{Problems: yamltree.Problems{root.Problem("model_list must be a list of models")}.In(path)}
	}
	r.sections(root)
	r.groups(list)
	return Result{Config: r.config, Findings: sorted(r.findings, path)}, nil
}

// sections reads everything beside the models.
func (r *reader) sections(root *yamltree.Node) {
	for _, f := range root.Fields {
		switch f.Name {
		case "model_list", "environment_variables", "include":
		case "credential_list":
			r.credentialList(f.Value)
		case "litellm_settings":
			r.settings(f.Value, litellmSettings)
		case "general_settings":
			r.settings(f.Value, generalSettings)
		case "router_settings":
			r.settings(f.Value, routerSettings)
		case "guardrails", "policies", "policy_attachments":
			r.note(placeOfField(f), Unsupported, "write guardrails into a config as input_guardrails and output_guardrails")
		default:
			r.note(placeOfField(f), Unsupported, "Sluice has nothing that it would configure")
		}
	}
}

func (r *reader) credentialList(n *yamltree.Node) {
	for _, item := range n.Items {
		name, values := item.Get("credential_name"), item.Get("credential_values")
		if name == nil || values == nil {
			r.note(placeOf(item), Unsupported, "a credential needs credential_name and credential_values")
			continue
		}
		r.credentials[name.Text] = values
	}
}
