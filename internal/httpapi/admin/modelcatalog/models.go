package modelcatalog

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/catalog"
	"github.com/sluicegate/sluice/gateway/catalog/table"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// number is a decimal number in its exact spelling.
type number string

func (n number) MarshalJSON() ([]byte, error) { return []byte(n), nil }

type modelResponse struct {
	Object       string          `json:"object"`
	Provider     string          `json:"provider"`
	ID           string          `json:"id"`
	Mode         string          `json:"mode,omitempty"`
	Context      int64           `json:"context,omitempty"`    // tokens
	MaxOutput    int64           `json:"max_output,omitempty"` // tokens
	Capabilities []string        `json:"capabilities"`
	Deprecated   string          `json:"deprecated,omitempty"` // the day on which the vendor ends it
	Successor    string          `json:"successor,omitempty"`
	Agreement    string          `json:"agreement,omitempty"` // of the sources of its price: "one", "both" or "conflict"
	Prices       []priceResponse `json:"prices"`
}

// priceResponse is a price and when it counts.
type priceResponse struct {
	From    string `json:"from,omitempty"`
	Until   string `json:"until,omitempty"`
	Tier    string `json:"tier,omitempty"`
	Region  string `json:"region,omitempty"`
	Hours   string `json:"hours,omitempty"`
	Size    string `json:"size,omitempty"` // of images and videos
	Quality string `json:"quality,omitempty"`
	Over    int64  `json:"over,omitempty"` // tokens of the prompt
	Amounts amount `json:"usd"`
}

// amount is in USD by unit: per million tokens, or per piece.
type amount map[table.Unit]number

const defaultPage = 100

func (s Settings) models(_ context.Context, r *action.Request) error {
	q := action.ReadQuery(r)
	page, provider, model := q.Page().Or(defaultPage), q.Text("provider"), q.Text("model")
	_ = q.Text("workspace") // the catalogue is that of all
	if err := q.Done(); err != nil {
		return err
	}
	names, next, err := action.PageOf(page, s.Book.Names(provider, model), func(n catalog.Name) string { return n.Provider + "\t" + n.ID })
	if err != nil {
		return err
	}
	models := []modelResponse{}
	for _, n := range names {
		if m, ok := s.Book.Model(n.Provider, n.ID); ok {
			models = append(models, responseOf(m))
		}
	}
	r.Reply = action.List{Object: "list", Data: models, Next: next}
	return nil
}

func responseOf(m *table.Model) modelResponse {
	out := modelResponse{Object: "catalog_model", Provider: m.Provider, ID: m.ID, Mode: m.Mode, Context: m.Context, MaxOutput: m.MaxOutput,
		Capabilities: append([]string{}, m.Capabilities...), Deprecated: m.Deprecated, Successor: m.Successor, Agreement: string(m.Agreement), Prices: []priceResponse{}}
	for _, p := range m.Prices {
		price := priceResponse{From: p.From, Until: p.Until, Tier: p.When.Tier, Region: p.When.Region, Hours: p.When.Hours, Size: p.When.Size, Quality: p.When.Quality, Over: p.When.Over, Amounts: amount{}}
		for unit, n := range p.Amounts {
			price.Amounts[unit] = number(gateway.FormatUSD(n))
		}
		out.Prices = append(out.Prices, price)
	}
	return out
}
