package vendor

import (
	"net"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/settings"
)

// Format is the wire format of a vendor.
type Format uint8

// The formats. FormatMock answers inside the process. FormatByModel is that of a cloud whose models
// have formats of their own. FormatCohere and FormatOllama are those of an API beside an interface in
// OpenAI's format.
const (
	FormatOpenAI Format = iota
	FormatAnthropic
	FormatGoogle
	FormatByModel
	FormatMock
	FormatCohere
	FormatOllama
	FormatReplicate
)

// Scheme is how a vendor's calls are signed.
type Scheme uint8

// The schemes. SchemeKey puts the credential into a header.
const (
	SchemeKey Scheme = iota
	SchemeGoogle
	SchemeEntra // a token where the virtual key names a client, else SchemeKey
	SchemeAWS
)

// Vendor is one row of the vendor table.
type Vendor struct {
	ID      string   // Portkey's id
	Aliases []string // other ids, OpenRouter's among them
	Name    string   // display name
	BaseURL string   // as the vendor's SDK takes it; "" = differs per account
	Format  Format
	OTel    string // gen_ai.provider.name
	Source  string // where the address and the format are documented
	// Regions are base URLs by region. Another region is put into BaseURL where that has {region}.
	Regions map[string]string
	// Settings are the settings of a virtual key that the vendor takes, Defaults what counts of those
	// that are not given. A name in braces in BaseURL stands for one of them.
	Settings []settings.Setting
	Defaults gateway.ProviderSettings
	// Formats are the formats that the vendor offers beside its own.
	Formats gateway.Formats
	Quirks  Quirks
	// RunPath is where models for rerank, images, speech and transcriptions are run in the format of
	// Workers AI: below the base URL without its "/v1", and followed by the name of a model. "" = nowhere.
	RunPath string
	// FormatOf is the format of a model, where Format is FormatByModel.
	FormatOf func(model string) string

	Scheme           Scheme
	CredentialHeader string   // header for the bare credential; "" = "Authorization: Bearer …"
	Keyless          bool     // needs no credential
	ForwardHeaders   []string // headers that are forwarded if the caller sends them
	GatewayFields    []string // fields meant for a gateway that it takes, because it is one itself
}

// Quirks are the deviations of a vendor from OpenAI's format.
type Quirks struct {
	// MaxTokens is the only name of the token limit that the vendor accepts: "max_tokens" or
	// "max_completion_tokens". "" means both.
	MaxTokens       string
	NoStreamOptions bool     // rejects stream_options; usage is sent always or never
	NoDeveloperRole bool     // has no role "developer": it is sent as "system"
	TakesReasoning  bool     // takes OpenRouter's object "reasoning"
	ReasoningSwitch bool     // takes of it {"reasoning":{"enabled":…}} beside reasoning_effort
	CachePoints     bool     // takes cache_control in messages and tools
	NoEmbeddings    bool     // has no embeddings endpoint
	ShortCallIDs    bool     // takes ids of tool calls of nine letters and digits only
	OldReasoning    bool     // refuses the reasoning of turns before the user's last one
	NoCount         bool     // does not count tokens in its own format
	DropFields      []string // top-level fields that the vendor rejects
	ChatPath        string   // "" = "/chat/completions"
	EmbeddingsPath  string   // "" = "/embeddings"
	ModelsPath      string   // "" = "/models"; another path that needs a credential where the list of models needs none
	// DeploymentPath is inserted between base URL and path if the model is part of the URL.
	// "{model}" is replaced by the model. It is omitted if the base URL already ends in
	// "/v1".
	DeploymentPath string
	DefaultQuery   string // query that is added unless the base URL has one
}

// All lists all vendors, sorted by id.
func All() []Vendor {
	out := make([]Vendor, len(table))
	copy(out, table)
	return out
}

// Lookup finds a vendor by id or alias, ignoring case.
func Lookup(id string) (Vendor, bool) {
	if v := ByID(id); v != nil {
		return *v, true
	}
	return Vendor{}, false
}

// Local reports whether the vendor's own address is on the machine of the server.
func (v *Vendor) Local() bool { return strings.HasPrefix(v.BaseURL, "http://127.0.0.1:") }

// ByID is Lookup without the copy. It returns nil for an unknown id. The result must
// not be modified.
func ByID(id string) *Vendor {
	if v, ok := index[id]; ok {
		return v
	}
	return index[strings.ToLower(id)]
}

// Host returns the host and port that a call of t goes to, "" if unknown.
func Host(t *gateway.Target) string {
	v := ByID(t.Provider)
	if v == nil || v.Format == FormatMock {
		return ""
	}
	u, err := v.Base(t)
	if err != nil {
		return ""
	}
	if u.Port() != "" {
		return u.Host
	}
	port := "443"
	if u.Scheme == "http" {
		port = "80"
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// table and index are built once from the rows and never change.
var (
	table = rows()
	index = indexed(table)
)

func indexed(vs []Vendor) map[string]*Vendor {
	m := make(map[string]*Vendor, 3*len(vs))
	for i := range vs {
		m[vs[i].ID] = &vs[i]
		for _, a := range vs[i].Aliases {
			m[a] = &vs[i]
		}
	}
	return m
}
