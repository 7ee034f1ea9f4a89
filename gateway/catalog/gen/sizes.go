package main

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway/catalog/table"
)

// sized are names of litellm's map that tell the price of one size of a model's images, such as
// "hd/1024-x-1792/dall-e-3".
var sized = regexp.MustCompile(`^(?:(low|medium|high|xhigh|max|standard|hd)/)?(\d+)-x-(\d+)/(.+)$`)

// sizedKey is a price for one size: "output_cost_per_second_1080p".
var sizedKey = regexp.MustCompile(`^(output_cost_per_(?:second|image))_(\d+(?:p|k|K)?)$`)

// videoSizes are the sizes of the videos that a name of Sora's is the price of.
var videoSizes = map[string][]string{
	"sora-2": {"720x1280", "1280x720"}, "sora-2-pro": {"720x1280", "1280x720"}, "sora-2-pro-high-res": {"1024x1792", "1792x1024"},
}

// imagePrice is what an image of width × height costs by a row of the map, in nano-USD; 0 = it does not
// tell. Prices by the pixel have six digits, and are rounded to 10,000 nano-USD.
func imagePrice(row map[string]json.RawMessage, width, height string) (int64, error) {
	for _, key := range []string{"output_cost_per_image", "input_cost_per_image"} {
		if usd := string(row[key]); usd != "" {
			return nano(usd, 1)
		}
	}
	usd := string(row["input_cost_per_pixel"])
	if usd == "" {
		return 0, nil
	}
	product := big.NewRat(1, 1)
	for _, factor := range []string{usd, width, height} {
		n, ok := new(big.Rat).SetString(factor)
		if !ok {
			return 0, fmt.Errorf("%q is no number", factor)
		}
		product.Mul(product, n)
	}
	return nano(product.FloatString(5), 1)
}

// sizedPrice is the price that a sized name tells, and the model that it is of; ok is false for
// other names.
func sizedPrice(m table.Model, row map[string]json.RawMessage) (of string, price table.Price, ok bool, err error) {
	parts := sized.FindStringSubmatch(m.ID)
	if parts == nil || strings.Contains(parts[4], "-steps/") {
		return "", price, false, nil
	}
	n, err := imagePrice(row, parts[2], parts[3])
	return parts[4], table.Price{When: table.Condition{Size: parts[2] + "x" + parts[3], Quality: parts[1]}, Amounts: table.Amounts{"image": n}}, true, err
}

// bySize gives models the prices of their sizes. A model that is billed by tokens stays as it is: the
// prices of its images by size are estimates.
func bySize(models []table.Model, prices map[ref][]table.Price) []table.Model {
	for i := range models {
		m := &models[i]
		key := ref{m.Provider, m.ID}
		tokens := slices.ContainsFunc(m.Prices, func(p table.Price) bool { _, ok := p.Amounts[table.Input]; return ok })
		if !tokens {
			m.Prices = priced(append(m.Prices, prices[key]...))
		}
		delete(prices, key)
		m.Prices = videosBySize(m, m.Prices)
	}
	for key, of := range prices {
		models = append(models, table.Model{Provider: key.provider, ID: key.id, Mode: "image_generation", Prices: priced(of)})
	}
	for i := range models { // the high resolution of Sora has a name of its own in the map only
		base, high := strings.CutSuffix(models[i].ID, "-high-res")
		if !high || videoSizes[models[i].ID] == nil {
			continue
		}
		for j := range models {
			if models[j].Provider == models[i].Provider && models[j].ID == base {
				models[j].Prices = priced(append(models[j].Prices, slices.DeleteFunc(slices.Clone(models[i].Prices), func(p table.Price) bool { return p.When.Plain() })...))
			}
		}
	}
	return slices.DeleteFunc(models, func(m table.Model) bool { return strings.HasSuffix(m.ID, "-high-res") && videoSizes[m.ID] != nil })
}

// videosBySize adds the sizes that the plain price of a video is for. Veo's is for 720p, which is the
// size of calls that tell none, and for 1080p where the list has no other price for it
// (https://ai.google.dev/gemini-api/docs/pricing).
func videosBySize(m *table.Model, prices []table.Price) []table.Price {
	plain := slices.IndexFunc(prices, func(p table.Price) bool { return p.When.Plain() })
	sizes := videoSizes[m.ID]
	if strings.HasPrefix(m.ID, "veo-3") && (m.Provider == "google" || m.Provider == "vertex-ai") && len(prices) > 1 {
		sizes = []string{"720p", "1080p"}
	}
	if plain < 0 {
		return prices
	}
	amounts := prices[plain].Amounts
	for _, size := range sizes {
		if !slices.ContainsFunc(prices, func(p table.Price) bool { return p.When.Size == size }) {
			prices = append(prices, table.Price{When: table.Condition{Size: size}, Amounts: amounts})
		}
	}
	return priced(prices)
}
