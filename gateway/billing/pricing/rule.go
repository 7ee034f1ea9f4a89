package pricing

import (
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Rule says what the callers pay whom its selectors choose. An empty selector chooses all.
type Rule struct {
	ID         string
	Name       string // unique in its workspace; rows tell it
	Workspace  string // id
	Team       string // id
	VirtualKey string // name
	Provider   string // vendor id
	Model      string // sent upstream; with "*" at its end all that begin so

	// Exactly one of the two is set.
	Factor *gateway.PriceFactor
	Price  *gateway.Price

	Declared  bool // in the server's file, which alone changes it
	CreatedAt time.Time
	UpdatedAt time.Time
}

const (
	maxModelBytes = 256
	maxFactor     = 1_000 * gateway.FactorOne
)

// Validate refuses a rule that cannot be meant. The error names the field.
func (r *Rule) Validate() error {
	const op = "pricing.Validate"
	field := func(name, public string) error { return gateway.InvalidField(op, name, public) }
	if err := gateway.CheckName(op, "name", r.Name); err != nil {
		return err
	}
	switch {
	case r.Team != "" && r.Workspace == "":
		return field("team", "A price rule of a team needs the team's workspace.")
	case len(r.Model) > maxModelBytes || strings.Contains(strings.TrimSuffix(r.Model, "*"), "*") || strings.TrimSpace(r.Model) != r.Model:
		return field("model", "The field 'model' must be a model, or the beginning of models with a '*' at its end, of at most "+strconv.Itoa(maxModelBytes)+" bytes.")
	case (r.Factor == nil) == (r.Price == nil):
		return field("multiplier", "A price rule needs exactly one of 'multiplier', 'markup' and 'price'.")
	case r.Factor != nil && (*r.Factor < 0 || *r.Factor > maxFactor):
		return field("multiplier", "The multiplier must be between 0 and 1000.")
	}
	return CheckPrice("price", r.Price)
}

// CheckPrice refuses a price that cannot be meant; nil is none.
func CheckPrice(field string, p *gateway.Price) error {
	if p == nil {
		return nil
	}
	if _, err := gateway.NewPrice(p.Parts()); err != nil {
		e := *gateway.AsError(err)
		e.Public = strings.Replace(e.Public, "'"+e.Param+"'", "'"+field+"."+e.Param+"'", 1)
		e.Param = field + "." + e.Param
		return &e
	}
	return nil
}

// ReadMultiplier reads a factor such as "1.2", with at most six decimals.
func ReadMultiplier(field, text string) (gateway.PriceFactor, error) {
	return readFactor(field, text, 1_000, 0, "a number from 0 to 1000, with at most six decimals, such as 1.2")
}

// ReadMarkup reads what is added to the cost, in percent with at most four decimals: "15" is a
// factor of 1.15.
func ReadMarkup(field, text string) (gateway.PriceFactor, error) {
	return readFactor(field, text, 100_000, gateway.FactorOne, "a percentage from 0 to 99900, with at most four decimals, such as 15; for a discount, use a multiplier below 1")
}

// readFactor reads a decimal number whose billionths make a factor when divided by unit.
func readFactor(field, text string, unit int64, plus gateway.PriceFactor, want string) (gateway.PriceFactor, error) {
	n, err := gateway.ParseUSD(field, text)
	if err != nil || n%unit != 0 || gateway.PriceFactor(n/unit)+plus > maxFactor {
		return 0, gateway.InvalidField("pricing.ReadFactor", field, "The field '"+field+"' must be "+want+".")
	}
	return gateway.PriceFactor(n/unit) + plus, nil
}

// Multiplier writes the factor of a rule as a decimal number.
func (r *Rule) Multiplier() string {
	if r.Factor == nil {
		return ""
	}
	return gateway.FormatUSD(int64(*r.Factor) * (gateway.NanoPerUSD / int64(gateway.FactorOne)))
}

// concerns reports whether the selectors choose a call in the rule's workspace.
func (r *Rule) concerns(p *gateway.Principal, t *gateway.Target, model string) bool {
	switch {
	case r.Team != "" && r.Team != p.Team,
		r.VirtualKey != "" && r.VirtualKey != t.VirtualKey,
		r.Provider != "" && r.Provider != t.Provider:
		return false
	}
	return r.matches(model)
}

// matches reports whether the rule chooses a model.
func (r *Rule) matches(model string) bool {
	if beginning, pattern := strings.CutSuffix(r.Model, "*"); pattern {
		return strings.HasPrefix(model, beginning)
	}
	return r.Model == "" || r.Model == model
}

// selectors are what a rule chooses calls by. No two rules have the same.
type selectors struct{ workspace, team, virtualKey, provider, model string }

func (r *Rule) selectors() selectors {
	return selectors{r.Workspace, r.Team, r.VirtualKey, r.Provider, r.Model}
}

// before orders rules of one workspace by how specific they are. It leaves no tie among rules that
// concern the same call.
func (a selectors) before(b selectors) int {
	for _, d := range []int{
		given(a.team, b.team),
		given(a.virtualKey, b.virtualKey),
		given(exact(a.model), exact(b.model)),
		len(b.model) - len(a.model),
		given(a.provider, b.provider),
	} {
		if d != 0 {
			return d
		}
	}
	return 0
}

// exact is the model, unless it is a pattern.
func exact(model string) string {
	if strings.HasSuffix(model, "*") {
		return ""
	}
	return model
}

// given is negative if only the first is given, positive if only the second is.
func given(a, b string) int {
	switch {
	case a != "" && b == "":
		return -1
	case a == "" && b != "":
		return 1
	}
	return 0
}
