package logs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/cli/api"
	"github.com/sluicegate/sluice/internal/reconcile"
)

// Reconcile compares a vendor's export with the rows of calls.
func Reconcile() *cobra.Command {
	var keys, providers []string
	var tolerance float64
	var workspace string
	cmd := api.Command("reconcile FILE", "Compare a provider's usage or cost export with what was recorded", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		by := reconcile.Settings{Tolerance: tolerance / 100, Keys: map[string]string{}}
		if tolerance < 0 || tolerance > 100 {
			return api.Usage("--tolerance is a percentage from 0 to 100, not %v", tolerance)
		}
		for _, pair := range keys {
			theirs, ours, ok := strings.Cut(pair, "=")
			if !ok || theirs == "" || ours == "" {
				return api.Usage("--key is written PROVIDER'S-KEY=VIRTUAL-KEY, not %q", pair)
			}
			by.Keys[theirs] = ours
		}
		export, err := readExport(args[0])
		if err != nil {
			return err
		}
		if len(providers) > 0 {
			export.Vendors = providers
		}
		if len(export.Entries) == 0 {
			return api.Usage("%s: the export tells of no model; ask the provider for it grouped by model", args[0])
		}
		rows, unpriced, err := recorded(cmd.Context(), c, export, workspace)
		if err != nil {
			return err
		}
		return printReconciliation(c, export, reconcile.Compare(export, rows, by), unpriced)
	})
	cmd.Flags().StringArrayVar(&keys, "key", nil, "PROVIDER'S-KEY=VIRTUAL-KEY: compare by key, too; may be repeated")
	cmd.Flags().StringSliceVar(&providers, "provider", nil, "whose rows to compare (default: as the file's format says)")
	cmd.Flags().Float64Var(&tolerance, "tolerance", 0.5, "percent by which amounts may differ")
	cmd.Flags().StringVar(&workspace, "workspace", "", "workspace (default all that you see)")
	return api.AddServerFlags(cmd)
}

func readExport(name string) (*reconcile.Export, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, api.Usage("%w", err)
	}
	defer f.Close()
	about, err := f.Stat()
	if err != nil {
		return nil, api.Usage("%w", err)
	}
	export, err := reconcile.Open(f, about.Size())
	var bad *reconcile.Error
	if errors.As(err, &bad) {
		return nil, api.Usage("%s, %w", name, bad)
	}
	return export, err
}

// maxReconciled is how many rows are compared at most.
const maxReconciled = 5_000_000

// recorded reads the rows of the days of an export as entries, one for each attempt that used
// something. The cost of a row belongs to the attempt that answered. unpriced counts the rows of which
// not all has a known price.
func recorded(ctx context.Context, c *api.Client, export *reconcile.Export, workspace string) (out []reconcile.Entry, unpriced int, err error) {
	first, last := export.Entries[0].Day, export.Entries[0].Day
	for _, e := range export.Entries {
		first, last = min(first, e.Day), max(last, e.Day)
	}
	end, err := time.Parse(time.DateOnly, last)
	if err != nil {
		return nil, 0, fmt.Errorf("read the days of the export: %w", err)
	}
	for _, provider := range export.Vendors {
		q := url.Values{"provider": {provider}, "since": {first + "T00:00:00Z"}, "until": {end.AddDate(0, 0, 1).Format(time.RFC3339)}, "limit": {"1000"}}
		if workspace != "" {
			q.Set("workspace", workspace)
		}
		for {
			page, err := c.Call(ctx, http.MethodGet, api.Path("logs"), q, nil)
			if err != nil {
				return nil, 0, err
			}
			page.Get("data").ForEach(func(_, row gjson.Result) bool {
				var known bool
				out, known = rowEntries(out, row, export.Vendors)
				if !known {
					unpriced++
				}
				return true
			})
			next := page.Get("next_cursor").String()
			if next == "" {
				break
			}
			if len(out) > maxReconciled {
				return nil, 0, errors.New("there are more than " + strconv.Itoa(maxReconciled) + " calls in these days: split the export")
			}
			q.Set("cursor", next)
		}
	}
	return out, unpriced, nil
}

// rowEntries appends the entries of one row. known is false if it used something without a price.
func rowEntries(out []reconcile.Entry, row gjson.Result, vendors []string) (_ []reconcile.Entry, known bool) {
	known = true
	when, _, _ := strings.Cut(row.Get("time").String(), "T")
	var charged *reconcile.Entry
	begin := len(out)
	for _, a := range row.Get("attempts").Array() {
		u := a.Get("usage")
		if !u.IsObject() || !slices.Contains(vendors, a.Get("provider").String()) {
			continue
		}
		out = append(out, reconcile.Entry{Day: when, Model: cmp.Or(a.Get("response_model").String(), a.Get("model").String()), Key: a.Get("virtual_key").String(),
			Amounts: reconcile.Amounts{Calls: 1, Input: u.Get("input_tokens").Int(), Output: u.Get("output_tokens").Int(), Has: reconcile.Has{Calls: true, Tokens: true, Cost: true}}})
		if charged == nil || !a.Get("error").Exists() {
			charged = &out[len(out)-1]
		}
	}
	if len(out) > begin {
		charged.Cost = row.Get("cost_nano_usd").Int()
		known = row.Get("cost_state").String() == "known"
	}
	return out, known
}

// reconciliation is the answer of --json.
type reconciliation struct {
	Object   string   `json:"object"`
	Format   string   `json:"format"`
	Excluded int      `json:"excluded"`       // entries of the file that are about no model
	Unpriced int      `json:"unpriced_calls"` // of which not all has a known price
	Vendors  []string `json:"providers"`
	reconcile.Result
}

func printReconciliation(c *api.Client, export *reconcile.Export, r reconcile.Result, unpriced int) error {
	raw, err := json.Marshal(reconciliation{"reconciliation", export.Format, export.Excluded, unpriced, export.Vendors, r})
	if err != nil {
		return fmt.Errorf("encode the result: %w", err)
	}
	v := gjson.ParseBytes(raw)
	if c.JSON {
		if err := c.PrintJSON(v); err != nil {
			return err
		}
	} else {
		if len(r.Differences) > 0 {
			list := gjson.Parse(`{"data":` + v.Get("differences").Raw + `}`)
			if err := c.PrintTable(list, api.Column{"DAY", "day"}, api.Column{"MODEL", "model"}, api.Column{"KEY", "key"}, api.Column{"", "kind"}, api.Column{"WHAT", "what"}, api.Column{"PROVIDER", "vendor"}, api.Column{"RECORDED", "rows"}); err != nil {
				return err
			}
		}
		if err := c.PrintLine(v, "%s: %d of %d groups agree", export.Format, r.Matched, r.Groups); err != nil {
			return err
		}
		if unpriced > 0 {
			if err := c.PrintLine(v, "%d calls used something without a known price", unpriced); err != nil {
				return err
			}
		}
	}
	if len(r.Differences) > 0 {
		return fmt.Errorf("%d of %d groups do not agree", r.Groups-r.Matched, r.Groups)
	}
	return nil
}
