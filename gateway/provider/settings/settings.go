// Package settings lists what a virtual key may say of an account beside its credential. Most of
// it becomes part of an address, so only plain names are taken.
package settings

import (
	"maps"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// Setting is one setting of a virtual key.
type Setting struct {
	Name    string
	Meaning string // one line of documentation
	// problem says what is wrong with a value, "" if nothing is. It completes "The field …".
	problem func(value string) string
}

// The settings that vendors take.
var (
	Region      = Setting{"region", "where the vendor's servers are", nameProblem}
	Project     = Setting{"project", "project of Google Cloud; by default that of the service account", nameProblem}
	Resource    = Setting{"resource", "name of the Azure resource or the Databricks workspace, the first part of its address", nameProblem}
	Account     = Setting{"account", "id of the account", nameProblem}
	APIVersion  = Setting{"api_version", "version of the API, `api-version` in the address", nameProblem}
	Deployments = Setting{gateway.SettingDeployments, "deployments by model, as in `gpt-5=chat-eu,gpt-4o=old`; by default a deployment has its model's name", deploymentsProblem}
	TenantID    = Setting{"tenant_id", "tenant of Microsoft Entra; the credential is then the secret of the client", nameProblem}
	ClientID    = Setting{"client_id", "client of Microsoft Entra", nameProblem}
	Scope       = Setting{"scope", "scope of the tokens that Microsoft Entra gives", urlProblem}
	TokenFile   = Setting{"token_file", "file with the token of a workload identity, which the platform renews; with `identity:default` only", pathProblem}
	TokenURL    = Setting{"token_url", "server that gives the tokens, in place of the cloud's", urlProblem}
	StorageURL  = Setting{"storage_url", "server of the buckets that batches write to, in place of the cloud's", urlProblem}
	RoleARN     = Setting{"role_arn", "role that is assumed with the credential", textProblem}
	ExternalID  = Setting{"external_id", "external id for the role", textProblem}
	// API chooses among two interfaces of a vendor.
	API = Setting{"api", "`run`: chats and embeddings are called in Workers AI's own format", apiProblem}
	// PriceMultiplier is what a relay bills for each USD of the list price.
	PriceMultiplier = Setting{gateway.SettingPriceMultiplier, "what it bills for each USD of the list price, such as 0.8", factorProblem}
)

// APIRun is the value of API for the vendor's own format.
const APIRun = "run"

// Check returns the first of the given settings that is not among takes or has a bad value, and what
// is wrong with it: it completes "The field …". problem is "" if there is none.
func Check(takes []Setting, given gateway.ProviderSettings) (name, problem string) {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		i := slices.IndexFunc(takes, func(s Setting) bool { return s.Name == name })
		switch {
		case len(name) > 64:
			return "", "has a name of more than 64 characters"
		case i < 0 && len(takes) == 0:
			return name, "is no setting of this provider, which takes none"
		case i < 0:
			return name, "is no setting of this provider, which takes " + names(takes)
		}
		if problem := takes[i].problem(given[name]); problem != "" {
			return name, problem
		}
	}
	return "", ""
}

func names(list []Setting) string {
	var out []string
	for _, s := range list {
		out = append(out, s.Name)
	}
	return strings.Join(out, ", ")
}

const maxValue = 512

// nameProblem takes what can stand in a host name and in a path as it is.
func nameProblem(v string) string {
	if v == "" || len(v) > 128 || v[0] == '.' || v[0] == '-' || strings.Trim(v, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:") != "" || strings.Contains(v, "..") {
		return "must be a name of letters, digits, '-', '_', '.' and ':', at most 128 characters long"
	}
	return ""
}

func apiProblem(v string) string {
	if v != APIRun {
		return "must be " + APIRun
	}
	return ""
}

func textProblem(v string) string {
	if v == "" || len(v) > maxValue || strings.IndexFunc(v, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0 {
		return "must be a text without spaces, at most 512 characters long"
	}
	return ""
}

func pathProblem(v string) string {
	if v == "" || len(v) > maxValue || v[0] != '/' || strings.ContainsRune(v, 0) {
		return "must be an absolute path, at most 512 characters long"
	}
	return ""
}

func urlProblem(v string) string {
	if textProblem(v) != "" || !strings.HasPrefix(v, "https://") && !strings.HasPrefix(v, "http://") && !strings.HasPrefix(v, "api://") {
		return "must be a URL, at most 512 characters long"
	}
	return ""
}

func deploymentsProblem(v string) string {
	if len(v) > 8*maxValue {
		return "must be at most 4096 characters long"
	}
	for pair := range strings.SplitSeq(v, ",") {
		model, deployment, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if !ok || model == "" || nameProblem(deployment) != "" {
			return "must be a list such as gpt-5=chat-eu,gpt-4o=old"
		}
	}
	return ""
}

// Deployment returns the deployment of a model, which is the model itself unless the settings name
// another one.
func Deployment(given gateway.ProviderSettings, model string) string {
	for pair := range strings.SplitSeq(given[Deployments.Name], ",") {
		if name, deployment, ok := strings.Cut(strings.TrimSpace(pair), "="); ok && name == model {
			return deployment
		}
	}
	return model
}

func factorProblem(v string) string {
	if _, ok := gateway.ReadMultiplier(v); !ok {
		return "must be a number over 0 and up to 1000, with at most four decimals"
	}
	return ""
}
