package litellm

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// deployment is one entry of model_list.
type deployment struct {
	group string // model_name
	at    place

	key      credential.NewVirtualKey // without a name; unused with mock
	model    string                   // as the vendor names it; may have stars
	mock     *string                  // mock_response
	defaults map[string]json.RawMessage
	drop     []string
	retries  *int
	timeout  int64 // milliseconds
	stream   int64 // milliseconds of stream_timeout, which counts where timeout is not given

	dropParams bool // what the target cannot take is dropped and not refused
	order      int64

	weight, rpm, tpm float64 // 0 = not given

	cloud []yamltree.Field // parameters of [cloudParams]
}

// noOrder is the order of a deployment without one: behind all others.
const noOrder = math.MaxInt64

// deployment reads an entry of model_list; nil if it cannot be called.
func (r *reader) deployment(n *yamltree.Node) *deployment {
	name, params := n.Get("model_name"), n.Get("litellm_params")
	if name == nil || name.Kind == yamltree.Null || params == nil || params.Get("model") == nil {
		r.note(placeOf(n), Unsupported, "a model needs model_name and litellm_params.model; it is left out")
		return nil
	}
	d := &deployment{group: name.Text, at: placeOf(n), defaults: map[string]json.RawMessage{}, order: noOrder, timeout: r.defaults.timeout, drop: r.defaults.drop, dropParams: r.defaults.dropParams}
	prefix, model := splitModel(params.Get("model").Text)
	if p := params.Get("custom_llm_provider"); p != nil && p.Text != "" {
		prefix, model = p.Text, strings.TrimPrefix(params.Get("model").Text, p.Text+"/")
	}
	d.model = strings.TrimPrefix(model, "responses/")
	for _, f := range r.params(params) {
		if read, ok := paramFields[f.Name]; ok {
			read(r, d, f)
		} else if _, ok := cloudParams[f.Name]; ok {
			d.cloud = append(d.cloud, f)
		} else if why := refusedParam(f.Name); why != "" {
			r.note(placeOfField(f), Unsupported, "%s", why)
		} else if f.Value.Kind != yamltree.Null {
			d.defaults[f.Name] = f.Value.JSON() // LiteLLM sends what it does not know to the provider
		}
	}
	if d.stream > 0 && params.Get("timeout") == nil {
		d.timeout = d.stream
	}
	for _, f := range n.Fields {
		switch f.Name {
		case "model_name", "litellm_params":
		case "model_info":
			r.modelInfo(d, f.Value)
		case "rpm", "tpm":
			paramFields[f.Name](r, d, f)
		default:
			r.note(placeOfField(f), Ignored, "Sluice has no such setting")
		}
	}
	if d.mock != nil {
		d.key.Provider = "mock"
		return d
	}
	vendor, ok := r.vendor(prefix)
	if !ok {
		r.note(placeOf(params.Get("model")), Unsupported, "Sluice does not call this provider; the model is left out")
		return nil
	}
	d.key.Provider, d.key.Workspace = vendor, gateway.DefaultWorkspace
	if d.dropParams {
		d.drop = append(slices.Clone(d.drop), refusedFields[vendor]...)
	}
	r.readCloud(d, vendor)
	if d.key.Credential.Empty() && params.Get("api_key") != nil && r.replaced[params.Get("api_key")] {
		d.key.Credential = gateway.NewSecret("none") // its variable is not set, which is a finding already
	} else if d.key.Credential.Empty() {
		d.key.Credential = r.vendorCredential(vendor, d)
	}
	if d.key.BaseURL == "" && (vendor == "azure-openai" || vendor == "azure-ai" || vendor == "vllm" || prefix != "openai" && vendor == "openai") {
		r.note(placeOf(params), Unsupported, "this provider needs api_base; the model is left out")
		return nil
	}
	return d
}

// params are the fields of litellm_params, after those of the credential that they name.
func (r *reader) params(n *yamltree.Node) []yamltree.Field {
	named := n.Get("litellm_credential_name")
	if named == nil {
		return n.Fields
	}
	values := r.credentials[named.Text]
	if values == nil {
		r.note(placeOf(named), Unsupported, "credential_list has no such credential")
		return n.Fields
	}
	var out []yamltree.Field
	for _, f := range values.Fields {
		if n.Get(f.Name) == nil {
			out = append(out, f)
		}
	}
	return append(out, n.Fields...)
}

// vendorCredential is the key from the variable that LiteLLM reads where the file names none;
// "none" if there is no such variable.
func (r *reader) vendorCredential(vendor string, d *deployment) gateway.Secret {
	names := variablesOf(vendor)
	for _, name := range names {
		if v, ok := r.getenv(name); ok && v != "" {
			return gateway.NewSecret(v)
		}
	}
	if d.key.BaseURL == "" && vendor != "ollama" && vendor != "lmstudio" {
		r.note(d.at, Missing, "there is no api_key, and the environment variable %s is not set", names[0])
	}
	return gateway.NewSecret("none")
}

// refusedFields are the parameters that a vendor's format has no place for and that a translation
// refuses because they change the answer. All others without a place are dropped in any case.
var refusedFields = map[string][]string{"anthropic": {"n"}}

// paramFields read the fields of litellm_params that are not sent to the provider.
var paramFields = map[string]func(r *reader, d *deployment, f yamltree.Field){
	"model": func(*reader, *deployment, yamltree.Field) {}, "custom_llm_provider": func(*reader, *deployment, yamltree.Field) {},
	"litellm_credential_name": func(*reader, *deployment, yamltree.Field) {},
	"api_key": func(_ *reader, d *deployment, f yamltree.Field) {
		if f.Value.Kind != yamltree.Null {
			d.key.Credential = gateway.NewSecret(strings.TrimSpace(f.Value.Text))
		}
	},
	"api_base": (*reader).baseURL, "base_url": (*reader).baseURL,
	"weight": func(r *reader, d *deployment, f yamltree.Field) { d.weight = r.number(f) },
	"rpm":    func(r *reader, d *deployment, f yamltree.Field) { d.rpm = r.number(f) },
	"tpm":    func(r *reader, d *deployment, f yamltree.Field) { d.tpm = r.number(f) },
	"order": func(r *reader, d *deployment, f yamltree.Field) {
		if n, ok := r.whole(f); ok {
			d.order = n
		}
	},
	"timeout": func(r *reader, d *deployment, f yamltree.Field) {
		if ms := r.milliseconds(f); ms > 0 {
			d.timeout = ms
		}
	},
	"stream_timeout": func(r *reader, d *deployment, f yamltree.Field) {
		d.stream = r.milliseconds(f)
	},
	"max_retries": (*reader).deploymentRetries, "num_retries": (*reader).deploymentRetries,
	"drop_params": func(_ *reader, d *deployment, f yamltree.Field) { d.dropParams = f.Value.Text == "true" },
	"additional_drop_params": func(r *reader, d *deployment, f yamltree.Field) {
		d.drop = append(append([]string(nil), d.drop...), r.texts(f.Value)...)
	},
	"mock_response": func(_ *reader, d *deployment, f yamltree.Field) {
		if f.Value.Kind != yamltree.Null {
			d.mock = &f.Value.Text
		}
	},
	"input_cost_per_token": costField, "output_cost_per_token": costField, "cache_read_input_token_cost": costField, "cache_creation_input_token_cost": costField,
	"max_parallel_requests": ignoredParam, "cooldown_time": ignoredParam, "region_name": ignoredParam, "base_model": ignoredParam, "allowed_openai_params": ignoredParam,
	"use_in_pass_through": ignoredParam, "configurable_clientside_auth_params": ignoredParam, "max_file_size_mb": ignoredParam, "rust": ignoredParam, "keepalive_seconds": ignoredParam,
	"itpm": ignoredParam, "otpm": ignoredParam, "merge_reasoning_content_in_choices": ignoredParam, "use_litellm_proxy": ignoredParam,
}

func ignoredParam(r *reader, _ *deployment, f yamltree.Field) {
	r.note(placeOfField(f), Ignored, "Sluice has no such setting")
}

// refusedParam says why a parameter has no effect that it should have, "" if it is one for the
// provider.
func refusedParam(name string) string {
	for _, prefix := range []string{"aws_", "vertex_", "azure_", "sagemaker_"} {
		if strings.HasPrefix(name, prefix) {
			return "Sluice signs no calls in this way"
		}
	}
	switch name {
	case "organization":
		return "the header openai-organization of the caller is forwarded; a virtual key has none of its own"
	case "extra_headers":
		return "a virtual key has no headers of its own"
	case "tags":
		return "tags choose no target"
	case "max_budget", "budget_duration":
		return "a deployment has no budget; an API key may have one"
	case "guardrails":
		return "write guardrails into a config as input_guardrails and output_guardrails"
	case "prompt_id", "prompt_variables", "initial_prompt_value", "roles", "final_prompt_value", "bos_token", "eos_token":
		return "prompts are Sluice's own: *.prompt.yaml"
	case "cache_control_injection_points":
		return "cache points are sent as the caller sets them"
	}
	return ""
}

func (r *reader) baseURL(d *deployment, f yamltree.Field) {
	if f.Value.Kind != yamltree.Null {
		d.key.BaseURL = strings.TrimSuffix(strings.TrimSpace(f.Value.Text), "/")
	}
}

func (r *reader) deploymentRetries(d *deployment, f yamltree.Field) {
	if n, ok := r.whole(f); ok {
		retries := r.atMostRetries(f, n)
		d.retries = &retries
	}
}

func (r *reader) number(f yamltree.Field) float64 {
	v, err := strconv.ParseFloat(f.Value.Text, 64)
	if f.Value.Kind == yamltree.Null {
		return 0
	}
	if err != nil || v < 0 {
		r.note(placeOfField(f), Unsupported, "must be a number from 0 on")
		return 0
	}
	return v
}

// costField adds one rate to the price of the deployment's model.
func costField(r *reader, d *deployment, f yamltree.Field) {
	nano, ok := r.price(f)
	if !ok {
		return
	}
	if d.key.Prices == nil {
		d.key.Prices = gateway.Prices{}
	}
	p := d.key.Prices["*"]
	p.Version = "litellm_config"
	switch f.Name {
	case "input_cost_per_token":
		p.Input = nano
	case "output_cost_per_token":
		p.Output = nano
	case "cache_read_input_token_cost":
		p.CacheRead = &nano
	case "cache_creation_input_token_cost":
		p.CacheWrite = &nano
	}
	d.key.Prices["*"] = p
}

// modelInfo reads what a file says about a model. What only describes it is no finding.
func (r *reader) modelInfo(d *deployment, n *yamltree.Node) {
	for _, f := range n.Fields {
		switch {
		case strings.HasSuffix(f.Name, "_cost_per_token"), strings.HasSuffix(f.Name, "_token_cost"):
			if _, known := paramFields[f.Name]; known {
				costField(r, d, f)
			} else {
				r.note(placeOfField(f), Unsupported, "a price has input, output, cache read and cache write only")
			}
		case f.Name == "max_output_tokens":
			if v, ok := r.whole(f); ok && v > 0 {
				d.key.MaxOutput = map[string]int64{"*": v}
			}
		case f.Name == "access_groups", strings.HasPrefix(f.Name, "team_"), f.Name == "supported_environments":
			r.note(placeOfField(f), Unsupported, "every key of the workspace may use the model")
		}
	}
}
