package provider

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// Format is the wire format of a vendor.
type Format uint8

// The formats. FormatMock answers inside the process.
const (
	FormatOpenAI Format = iota
	FormatAnthropic
	FormatMock
)

// Vendor is one row of the table: a model vendor as Sluice reaches it.
type Vendor struct {
	ID      string   // Portkey's id
	Aliases []string // other names for it, OpenRouter's among them
	Name    string   // for people
	BaseURL string   // as the vendor's own SDK takes it; "" = each account has its own
	Format  Format
	OTel    string // gen_ai.provider.name
	Quirks  Quirks

	KeyHeader string   // carries the bare credential; "" = "Authorization: Bearer …"
	KeyLess   bool     // needs no credential
	Pass      []string // headers of the caller that are passed on when present
}

// Quirks are the ways in which a vendor departs from OpenAI's format.
type Quirks struct {
	// MaxTokens is the only spelling of the token limit that it takes: "max_tokens" or
	// "max_completion_tokens"; "" = both.
	MaxTokens       string
	NoStreamOptions bool     // refuses stream_options; it sends the usage anyway, or never
	NoDeveloper     bool     // knows no role "developer": sent as "system"
	NoEmbeddings    bool     // has no embeddings endpoint
	Drop            []string // top-level fields that it refuses
	ChatPath        string   // "" = "/chat/completions"
	EmbeddingsPath  string   // "" = "/embeddings"
	// Deployment stands between base URL and path where the model is part of the URL;
	// "{model}" is replaced. It is left out if the base URL already ends in "/v1".
	Deployment string
	Query      string // added unless the base URL has a query of its own
}

// Vendors lists all rows, sorted by id.
func Vendors() []Vendor {
	out := make([]Vendor, len(table))
	copy(out, table)
	return out
}

// Lookup finds a vendor by id or alias, whatever the case.
func Lookup(id string) (Vendor, bool) {
	if v := vendorByID(id); v != nil {
		return *v, true
	}
	return Vendor{}, false
}

// vendorByID is Lookup without the copy; nil if there is none. Nobody writes to it.
func vendorByID(id string) *Vendor {
	if v, ok := index[id]; ok {
		return v
	}
	return index[strings.ToLower(id)]
}

// Host is the host and port that a call of t goes to, "" if that cannot be told.
func Host(t *gateway.Target) string {
	v := vendorByID(t.Provider)
	if v == nil || v.Format == FormatMock {
		return ""
	}
	u, err := base(v, t)
	if err != nil {
		return ""
	}
	return u.Host
}

// table and index are built once, from the rows, and never change.
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
