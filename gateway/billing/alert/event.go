package alert

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
)

// Event is what a webhook gets. Amounts are USD as exact decimals.
type Event struct {
	ID        string              `json:"id"`   // the same for all replicas and all tries
	Type      string              `json:"type"` // "budget.threshold" or "test"
	At        time.Time           `json:"at"`
	Kind      string              `json:"kind,omitempty"`      // "api_key", "budget" or "wallet"
	Object    string              `json:"object_id,omitempty"` // of the API key, the budget or the wallet
	Name      string              `json:"name,omitempty"`
	Workspace string              `json:"workspace_id,omitempty"` // "" = all
	Group     []ledger.GroupValue `json:"group,omitempty"`        // of a budget with group_by
	APIKey    string              `json:"api_key_id,omitempty"`   // of the call that crossed the share
	Percent   int64               `json:"percent,omitempty"`
	Spent     json.Number         `json:"spent_usd,omitempty"`
	Limit     json.Number         `json:"limit_usd,omitempty"`
	Resets    *time.Time          `json:"resets_at,omitempty"` // null: never
}

const (
	thresholdEvent = "budget.threshold"
	testEvent      = "test"
)

func eventOf(c billing.Crossing) Event {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d\x00%d", c.Account, c.Limit, c.Percent))
	e := Event{ID: hex.EncodeToString(sum[:16]), Type: thresholdEvent, At: c.At.UTC(), Kind: string(c.Kind), Object: c.ID, Name: c.Name, Workspace: c.Workspace, Group: c.Group, APIKey: c.APIKey,
		Percent: c.Percent, Spent: json.Number(gateway.FormatUSD(c.Spent)), Limit: json.Number(gateway.FormatUSD(c.Limit))}
	if !c.Resets.IsZero() {
		at := c.Resets.UTC()
		e.Resets = &at
	}
	return e
}

// text says it to people.
func (e *Event) text() string {
	if e.Type == testEvent {
		return "This is a test of Sluice's alerts."
	}
	what := map[string]string{string(budget.OfAPIKey): "API key", string(budget.OfBudget): "Budget", string(budget.OfWallet): "Wallet"}[e.Kind]
	name := e.Name
	if name == "" {
		name = e.Object
	}
	for _, g := range e.Group {
		name += fmt.Sprintf(" (%s %s)", g.Key, g.Value)
	}
	s := fmt.Sprintf("%s %s has used %d %%: %s of %s USD.", what, name, e.Percent, e.Spent, e.Limit)
	if e.Resets != nil {
		s += " It resets at " + e.Resets.Format(time.RFC3339) + "."
	}
	return s
}

// body is what a target in a format is sent.
func body(f Format, event []byte) ([]byte, error) {
	if f == Webhook {
		return event, nil
	}
	var e Event
	if err := json.Unmarshal(event, &e); err != nil {
		return nil, err
	}
	return json.Marshal(map[string]string{"text": slackEscape(e.text())})
}
