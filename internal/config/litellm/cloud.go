package litellm

import (
	"path/filepath"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// cloudParams are the parameters that say how a cloud is called, with the setting of a virtual key that
// each becomes; "" = a part of its credential.
var cloudParams = map[string]string{
	"aws_access_key_id": "", "aws_secret_access_key": "", "aws_session_token": "", "aws_bedrock_runtime_endpoint": "",
	"aws_region_name": "region", "aws_role_name": "role_arn", "aws_external_id": "external_id", "aws_sts_endpoint": "token_url",
	"vertex_credentials": "", "vertex_ai_credentials": "", "vertex_project": "project", "vertex_ai_project": "project", "vertex_location": "region", "vertex_ai_location": "region",
	"api_version": "api_version", "tenant_id": "tenant_id", "client_id": "client_id", "client_secret": "", "azure_scope": "scope",
}

// serverIdentity is the identity of the server itself, as LiteLLM finds it where a file names no keys.
const serverIdentity = "identity:default"

// cloudValue is the text of a parameter of a cloud, or the JSON of an object; "" = not given.
func (d *deployment) cloudValue(names ...string) string {
	for _, f := range d.cloud {
		for _, name := range names {
			if f.Name == name && f.Value.Kind == yamltree.Map {
				return string(f.Value.JSON())
			} else if f.Name == name && f.Value.Kind != yamltree.Null {
				return strings.TrimSpace(f.Value.Text)
			}
		}
	}
	return ""
}

// readCloud makes the settings and the credential of a deployment from the parameters of its cloud.
func (r *reader) readCloud(d *deployment, vendor string) {
	given := gateway.ProviderSettings{}
	for _, f := range d.cloud {
		setting, value := cloudParams[f.Name], d.cloudValue(f.Name)
		if setting == "" || value == "" {
			continue
		}
		if name, problem := r.checkSetting(vendor, setting, value); problem != "" {
			r.note(placeOfField(f), Unsupported, "the setting '%s' of a virtual key %s", name, problem)
			continue
		}
		given[setting] = value
	}
	switch vendor {
	case "bedrock":
		r.readAmazon(d, given)
	case "vertex-ai":
		r.readVertex(d, given)
	case "azure-openai", "azure-ai":
		r.readAzure(d, given)
	}
	if len(given) > 0 {
		d.key.Settings = given
	}
}

func (r *reader) checkSetting(vendor, name, value string) (setting, problem string) {
	if r.checks.Settings == nil {
		return name, ""
	}
	return r.checks.Settings(vendor, gateway.ProviderSettings{name: value})
}

// orVariable gives a setting the value of the first variable that is set, unless it has one.
func (r *reader) orVariable(given gateway.ProviderSettings, setting string, names ...string) {
	for _, name := range names {
		if value, ok := r.getenv(name); ok && value != "" && given[setting] == "" {
			given[setting] = value
		}
	}
}

// readAmazon reads the keys of an account. Without keys, AWS's own chain finds them.
func (r *reader) readAmazon(d *deployment, given gateway.ProviderSettings) {
	d.model = strings.TrimPrefix(strings.TrimPrefix(d.model, "converse/"), "invoke/")
	if region, model, ok := strings.Cut(d.model, "/"); ok && strings.Count(region, "-") >= 2 { // us-east-1/amazon.nova-lite-v1:0
		given["region"], d.model = region, model
	}
	r.orVariable(given, "region", "AWS_REGION_NAME", "AWS_REGION", "AWS_DEFAULT_REGION")
	if endpoint := d.cloudValue("aws_bedrock_runtime_endpoint"); endpoint != "" {
		d.key.BaseURL = strings.TrimSuffix(endpoint, "/")
	}
	if given["region"] == "" {
		r.note(d.at, Missing, "there is no aws_region_name, and the environment variable AWS_REGION_NAME is not set")
	}
	id, secret, session := d.cloudValue("aws_access_key_id"), d.cloudValue("aws_secret_access_key"), d.cloudValue("aws_session_token")
	switch {
	case id != "" && secret != "" && session != "":
		d.key.Credential = gateway.NewSecret(id + ":" + secret + ":" + session)
	case id != "" && secret != "":
		d.key.Credential = gateway.NewSecret(id + ":" + secret)
	case d.key.Credential.Empty():
		d.key.Credential = r.variableOr(serverIdentity, "AWS_BEARER_TOKEN_BEDROCK")
	}
}

// readVertex reads the key of a service account, as JSON or as the path of a file. Without one,
// application default credentials count.
func (r *reader) readVertex(d *deployment, given gateway.ProviderSettings) {
	r.orVariable(given, "project", "VERTEXAI_PROJECT", "VERTEX_PROJECT")
	r.orVariable(given, "region", "VERTEXAI_LOCATION", "VERTEX_LOCATION")
	switch key := d.cloudValue("vertex_credentials", "vertex_ai_credentials"); {
	case strings.HasPrefix(key, "{"):
		d.key.Credential = gateway.NewSecret(key)
	case key != "" && filepath.IsAbs(key):
		d.key.Credential = gateway.NewSecret("file:" + key)
	case key != "":
		r.note(d.at, Unsupported, "vertex_credentials must be an absolute path, or the key itself")
		d.key.Credential = gateway.NewSecret("none")
	case d.key.Credential.Empty():
		d.key.Credential = gateway.NewSecret(serverIdentity)
	}
}

// readAzure reads the secret of a client of Microsoft Entra. Without a key, a workload identity counts
// if the platform has one.
func (r *reader) readAzure(d *deployment, given gateway.ProviderSettings) {
	d.key.BaseURL = strings.TrimSuffix(d.key.BaseURL, "/models")
	secret := d.cloudValue("client_secret")
	if _, set := r.getenv("AZURE_API_KEY"); !d.key.Credential.Empty() || secret == "" && set {
		return
	}
	r.orVariable(given, "client_id", "AZURE_CLIENT_ID")
	r.orVariable(given, "tenant_id", "AZURE_TENANT_ID")
	if secret == "" {
		secret = r.variableOr("", "AZURE_CLIENT_SECRET").Reveal()
	}
	switch {
	case secret != "":
		d.key.Credential = gateway.NewSecret(secret)
	case given["client_id"] != "":
		d.key.Credential = gateway.NewSecret(serverIdentity)
		if r.orVariable(given, "token_file", "AZURE_FEDERATED_TOKEN_FILE"); given["token_file"] == "" {
			delete(given, "tenant_id") // a managed identity is asked of the machine
		}
	}
}

// variableOr is the value of a variable, or another text.
func (r *reader) variableOr(otherwise, name string) gateway.Secret {
	if value, ok := r.getenv(name); ok && value != "" {
		return gateway.NewSecret(value)
	}
	return gateway.NewSecret(otherwise)
}
