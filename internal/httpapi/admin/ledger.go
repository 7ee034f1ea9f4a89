package admin

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
)

// Ledger tells what was spent and reserved.
type Ledger interface {
	Explain(ctx context.Context, p *gateway.Principal) ([]billing.Explanation, error)
	Entities(ctx context.Context, b budget.Budget) ([]billing.ExplainedAccount, error)
	WalletSpending(ctx context.Context, w budget.Wallet) (ledger.Balance, error)
	Verify(ctx context.Context) (ledger.Verification, error)
}

func (a *resources) ledgerRoutes() []operation {
	return []operation{
		{"GET", "/v1/api-keys/:id/budgets", "api_key.explain_budgets", gateway.APIKeysRead, a.explainBudgets},
		{"GET", "/v1/policies/usage-limits/:id/entities", "budget.list_entities", gateway.PoliciesRead, a.listEntities},
		{"GET", "/v1/ledger/verification", "ledger.verify", gateway.LedgerVerify, a.verifyLedger},
	}
}

type explanationResponse struct {
	Kind     budget.Kind     `json:"kind"`
	ID       string          `json:"id"`
	Name     string          `json:"name,omitempty"`
	Each     bool            `json:"applies_to_each_call"`
	Budget   *budgetResponse `json:"budget,omitempty"`
	Limit    usd             `json:"limit_usd"`
	Accounts []accountEntry  `json:"accounts"`
}

type accountEntry struct {
	Account      string              `json:"account"`
	Group        []ledger.GroupValue `json:"group,omitempty"`
	Spent        usd                 `json:"spent_usd"`
	Reserved     usd                 `json:"reserved_usd"`
	Counted      usd                 `json:"counted_usd"` // the part of spent that no provider reported
	Left         usd                 `json:"left_usd"`    // neither spent nor reserved; 0 if more is
	Closed       bool                `json:"closed"`      // until the budget is raised
	StartsAt     *time.Time          `json:"period_starts_at"`
	ResetsAt     *time.Time          `json:"resets_at"` // null: never
	Reservations []reservationEntry  `json:"reservations"`
}

type reservationEntry struct {
	ID        string     `json:"id"`
	Request   string     `json:"request_id"`
	APIKey    string     `json:"api_key_id"`
	Amount    usd        `json:"amount_usd"`
	CreatedAt time.Time  `json:"created_at"`
	Age       float64    `json:"age_seconds"`
	Lease     *time.Time `json:"lease_ends_at"` // null: it stands until its process settles, or starts again
}

func accountEntries(limit int64, accounts []billing.ExplainedAccount, now time.Time) []accountEntry {
	out := make([]accountEntry, len(accounts))
	for i, a := range accounts {
		e := accountEntry{Account: a.Account, Group: a.Group, Spent: usd(a.Spent), Reserved: usd(a.Reserved), Counted: usd(a.Counted), Left: usd(max(limit-a.Spent-a.Reserved, 0)), Closed: a.Closed,
			Reservations: []reservationEntry{}}
		if !a.Starts.IsZero() {
			e.StartsAt = &a.Starts
		}
		if !a.Ends.IsZero() {
			e.ResetsAt = &a.Ends
		}
		for _, s := range a.Reservations {
			request, _, _ := strings.Cut(s.ID, "-") // a reservation's id begins with it
			entry := reservationEntry{ID: s.ID, Request: request, APIKey: s.APIKey, Amount: usd(s.Amount), CreatedAt: s.At, Age: now.Sub(s.At).Round(time.Millisecond).Seconds()}
			if !s.Expires.IsZero() {
				entry.Lease = &s.Expires
			}
			e.Reservations = append(e.Reservations, entry)
		}
		out[i] = e
	}
	return out
}

// explainBudgets lists everything that limits what the calls of a key cost.
func (a *resources) explainBudgets(ctx context.Context, r *request) error {
	ref, err := a.apiKeyRef(ctx, r)
	if err != nil {
		return err
	}
	k, err := a.APIKeys.APIKey(ctx, r.By, ref)
	if err != nil {
		return err
	}
	r.Target, r.Workspace = k.ID, k.Workspace
	p := &gateway.Principal{Workspace: k.Workspace, WorkspaceRef: k.WorkspaceName, Member: k.Member, MemberRef: k.MemberName, Team: k.Team, TeamRef: k.TeamName,
		APIKey: k.ID, APIKeyName: k.Name, Metadata: k.Access.Metadata}
	all, err := a.Ledger.Explain(ctx, p)
	if err != nil {
		return err
	}
	if !r.By.May(gateway.APIKeysReadAll) {
		hideOthers(all, k.ID)
	}
	out := make([]explanationResponse, len(all))
	for i, e := range all {
		out[i] = explanationResponse{Kind: e.Kind, ID: e.ID, Name: e.Name, Each: e.Each, Limit: usd(e.Limit), Accounts: accountEntries(e.Limit, e.Accounts, r.Now())}
		if e.Budget != nil {
			b := budgetOf(*e.Budget)
			out[i].Budget = &b
		}
	}
	r.Reply = page{Object: "list", Data: out}
	return nil
}

// hideOthers removes what other callers spend and reserve, except for the sums of what they share.
func hideOthers(all []billing.Explanation, apiKey string) {
	for i := range all {
		if all[i].Guessed {
			all[i].Accounts = nil
		}
		for j := range all[i].Accounts {
			a := &all[i].Accounts[j]
			a.Reservations = slices.DeleteFunc(a.Reservations, func(s ledger.Standing) bool { return s.APIKey != apiKey })
		}
	}
}

// listEntities lists the groups of a budget in its period.
func (a *resources) listEntities(ctx context.Context, r *request) error {
	b, err := a.budgets().Seen(ctx, r, r.Query("workspace"))
	if err == nil {
		err = gateway.Require("admin.listEntities", r.By, gateway.APIKeysReadAll) // entities are other callers
	}
	if err != nil {
		return err
	}
	accounts, err := a.Ledger.Entities(ctx, b)
	if err != nil {
		return err
	}
	r.Reply = page{Object: "list", Data: accountEntries(b.Limit, accounts, r.Now())}
	return nil
}

type verificationResponse struct {
	Object       string             `json:"object"`
	Sound        bool               `json:"sound"`
	Transactions int64              `json:"transactions"`
	Entries      int64              `json:"entries"`
	Accounts     int64              `json:"accounts"`
	Reservations int64              `json:"reservations"`
	Unbalanced   []string           `json:"unbalanced_transactions"`
	Wrong        []discrepancyEntry `json:"wrong_accounts"`
}

type discrepancyEntry struct {
	Account string `json:"account"`
	Of      string `json:"of"`
	Kept    usd    `json:"kept_usd"`
	Summed  usd    `json:"summed_usd"`
}

// verifyLedger adds up the ledger.
func (a *resources) verifyLedger(ctx context.Context, r *request) error {
	v, err := a.Ledger.Verify(ctx)
	if err != nil {
		return err
	}
	out := verificationResponse{Object: "ledger_verification", Sound: v.Sound(), Transactions: v.Transactions, Entries: v.Entries, Accounts: v.Accounts, Reservations: v.Reservations,
		Unbalanced: v.Unbalanced, Wrong: []discrepancyEntry{}}
	if out.Unbalanced == nil {
		out.Unbalanced = []string{}
	}
	for _, d := range v.Wrong {
		out.Wrong = append(out.Wrong, discrepancyEntry{d.Account, d.Of, usd(d.Kept), usd(d.Summed)})
	}
	r.Reply = out
	return nil
}
