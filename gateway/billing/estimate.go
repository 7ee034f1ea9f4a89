package billing

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/tariff"
	"github.com/sluicegate/sluice/gateway/bodyfield"
	"github.com/sluicegate/sluice/gateway/catalog"
)

// The tokens of a call are bounded from its final body, without a tokeniser.
//
// Every tokeniser in use works on bytes, so a text has at most as many tokens as bytes,
// whatever the text looks like; the JSON around it is longer than what a vendor adds per
// message. Parts whose tokens are not in their bytes count in addition.
const (
	imageTokens  = 40_000  // what the model that takes the most for one large image bills
	fileTokens   = 200_000 // a document, or what a tool of the vendor's reads: a whole context
	toolTokens   = 1_000   // the system prompt that vendors add when tools are given
	limitBytes   = 40      // what a limit that is written adds to the body
	unknownLimit = 131_072 // the output of a model whose maximum nobody knows
)

// InputBound is the most input tokens that a request can have.
func InputBound(req *gateway.Request) int64 {
	n := int64(len(req.Raw))
	if req.Op.GeneratesText() {
		a := req.Dialect.Attachments(req.Raw)
		n += imageTokens*int64(a.Images) + fileTokens*int64(a.Files+a.Hosted)
		if a.Tools {
			n += toolTokens
		}
	}
	return tariff.ClampTokens(n)
}

// demandOf is what an attempt at t with the final request may cost. It refuses what no
// bound can be told for.
func demandOf(r tariff.Rates, t *gateway.Target, req *gateway.Request, ex *gateway.Exchange) (*demand, error) {
	hosted := 0
	if req.Op.GeneratesText() {
		hosted = req.Dialect.Attachments(req.Raw).Hosted
	}
	d := &demand{rates: r, may: tariff.PossibleOf(t, req, hosted), input: InputBound(req), choices: 1}
	if p := req.Pass; p != nil {
		switch d.unbound = true; {
		case p.Work != nil:
			return d, d.addWork(t, p.Work, ex)
		case p.Free:
			return d, nil
		}
	}
	d.unbound = d.unbound || req.Realtime != nil // the reservation grows while the session lasts
	if field := bodyfield.Misread(req.Raw); field != "" {
		return nil, gateway.InvalidField(opReserve, field, "The field '"+field+"' may be read as one that bounds the cost of the call, and this API key has a budget: spell it as the provider documents it, at the top of the body.")
	}
	names, readable := req.Dialect.Models(req.Raw)
	if !readable {
		return nil, gateway.InvalidField(opReserve, "model", "A field that chooses a model holds something that is no name of a model.")
	}
	if len(names) == 0 {
		return nil, unpriced(t, "")
	}
	if err := d.addTariffs(t, req, ex, names); err != nil {
		return nil, err
	}
	if req.Pass != nil && req.Pass.Pieces != nil {
		d.pieces = tariff.ClampUsage(*req.Pass.Pieces)
	}
	if !req.Op.GeneratesText() {
		d.addPieces(req)
		d.addRecording(t, req)
		d.pieces.Terms = tariff.Piece(names[0], req)
		return d, nil
	}
	return d, d.boundOutput(t, req, names)
}

// addTariffs adds the tariff of each model that the request names. It refuses a model without a price
// that counts.
func (d *demand) addTariffs(t *gateway.Target, req *gateway.Request, ex *gateway.Exchange, models []string) error {
	for _, model := range models {
		f := d.rates.Of(ex, t, model)
		byPiece := f.Known && d.unbound && f.List.NoTokens && !boundsPieces(req, &f.List) // it may tell nothing but tokens
		f.Known = f.Known && !byPiece
		if !d.rates.Counts(f) {
			if byPiece {
				return pricedByPiece(t, model)
			}
			return unpriced(t, model)
		}
		d.tariffs = append(d.tariffs, f)
	}
	return nil
}

// boundOutput sets the most answers and tokens of output that the request allows. Where it sets no limit,
// one is written into the body: the largest output of its models.
func (d *demand) boundOutput(t *gateway.Target, req *gateway.Request, models []string) error {
	p := req.Parameters()
	if p.BadChoices != "" {
		return gateway.InvalidField(opReserve, p.BadChoices, "The field '"+p.BadChoices+"' must be a positive number: this API key has a budget.")
	}
	d.choices, d.output, d.open = p.Choices, p.MaxOutput, !p.Bounded
	if d.open {
		d.input += limitBytes
		d.output = largestOutput(d.rates.Book, t, models)
		if p.MaxOutput > 0 {
			d.output = min(d.output, p.MaxOutput)
		}
	}
	// Where the request is translated, the tokens of thinking may come on top of the limit.
	if _, required := catalog.DefaultMaxTokens(t.Provider); required && req.Dialect.Name() != t.Provider {
		d.thinking = tariff.ClampTokens(p.Thinking)
		if p.Effort {
			d.thinking += catalog.MaxThinkingBudget
		}
	}
	return nil
}

// largestOutput is the most tokens that one answer of any of the models has.
func largestOutput(book tariff.Catalog, t *gateway.Target, models []string) int64 {
	largest := int64(0)
	for _, model := range models {
		n, known := maxOutput(book, t, model)
		if !known {
			return unknownLimit
		}
		largest = max(largest, n)
	}
	return largest
}

// boundsPieces reports whether a call that is passed on tells the most that it uses of the pieces that a
// model is priced by.
func boundsPieces(req *gateway.Request, list *gateway.Price) bool {
	if req.Pass == nil || req.Pass.Pieces == nil {
		return false
	}
	for _, unit := range gateway.Units {
		if _, apart := list.Of(unit); apart && *req.Pass.Pieces.Count(unit) > 0 {
			return true
		}
	}
	return false
}

// outputOfImage is the most tokens that the model which takes the most bills for one image of a quality,
// previews included (https://platform.openai.com/docs/guides/image-generation).
func outputOfImage(quality string) int64 {
	switch quality {
	case "low":
		return 1_000
	case "medium":
		return 4_000
	}
	return 10_000
}

// soundTokens is the most tokens of sound that a byte of text becomes: a slow speaker takes a tenth of a
// second for a letter, and models write some twenty tokens in a second.
const soundTokens = 4

// addPieces adds what an operation uses besides tokens of input. How much vendors make of sound and
// images, or bill for a recording, no body bounds: such an attempt reserves what is usual at most, so that
// calls at the same time share a budget, and is settled by what it cost.
func (d *demand) addPieces(req *gateway.Request) {
	switch req.Op {
	case gateway.OpImage, gateway.OpImageEdit, gateway.OpImageVariation:
		d.unbound = true
		p := req.Parameters()
		d.pieces.Images = min(max(p.Choices, 1), tariff.MaxPieces)
		d.choices, d.output = d.pieces.Images, outputOfImage(p.Quality)
	case gateway.OpSpeech:
		d.unbound = true
		d.pieces.InputCharacters = min(int64(len(req.Raw)), tariff.MaxPieces)
		d.output = tariff.ClampTokens(soundTokens * int64(len(req.Raw)))
	case gateway.OpTranscription, gateway.OpAudioTranslation:
		d.unbound = true
	}
}

// addRecording adds what is heard and said in a recording that t gets.
func (d *demand) addRecording(t *gateway.Target, req *gateway.Request) {
	switch req.Op {
	case gateway.OpTranscription, gateway.OpAudioTranslation:
		seconds := longestRecording(t, req.Files)
		d.may.Sound = true
		d.pieces.InputSeconds = seconds
		d.input = tariff.ClampTokens(d.input + heardTokens*seconds)
		d.output = saidTokens * seconds
	}
}

// A recording is as long as its file is at the lowest bit rate of the formats that vendors take, 6 kbit/s
// of Opus (RFC 6716, section 2.1.1), or as the largest file that OpenAI takes. In a second of it a model hears
// at most 32 tokens (https://ai.google.dev/gemini-api/docs/audio; OpenAI's hear 10), and nobody says more
// than 10.
const (
	leastRate       = 750 // bytes in a second
	largestOfOpenAI = 25 << 20
	heardTokens     = 32
	saidTokens      = 10
)

// longestRecording is the most seconds that the files of a form can last.
func longestRecording(t *gateway.Target, files []gateway.File) int64 {
	size := int64(0)
	for i := range files {
		size = addSaturating(size, max(files[i].Size, 0))
	}
	if t.Provider == "openai" {
		size = min(size, largestOfOpenAI)
	}
	return min(size/leastRate+min(size%leastRate, 1), tariff.MaxPieces)
}

// maxOutput is the most output tokens of a model: as the virtual key says, else as the
// catalogue does.
func maxOutput(book tariff.Catalog, t *gateway.Target, model string) (int64, bool) {
	for _, name := range []string{model, "*"} {
		if n := t.MaxOutput[name]; n > 0 {
			return n, true
		}
	}
	if book == nil {
		return 0, false
	}
	return book.MaxOutput(t.Provider, model)
}
