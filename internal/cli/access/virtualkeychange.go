package access

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/cli/api"
)

func updateVirtualKeyCommand() *cobra.Command {
	var workspace, note, fromEnv, reference, baseURL, prices, expires, budget, period string
	var models, credentials, limits []string
	var settings map[string]string
	cmd := api.Command("update NAME", "Change what is given of a virtual key", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		b := api.Body{}
		given := cmd.Flags().Changed
		for flag, field := range map[string]string{"note": "note", "base-url": "base_url", "expires": "expires_at"} {
			if given(flag) {
				b[field] = cmd.Flags().Lookup(flag).Value.String()
			}
		}
		switch {
		case reference != "":
			b["api_key"] = reference
		case fromEnv != "":
			credential, err := readCredential(cmd, fromEnv, false)
			if err != nil {
				return err
			}
			b["api_key"] = credential
		}
		if more, err := readCredentials(credentials); err != nil {
			return err
		} else if len(more) > 0 {
			b["credentials"] = more
		}
		if given("set") {
			b["settings"] = settings
		}
		if given("models") {
			b["models"] = orNull(models)
		}
		if given("prices") {
			if !json.Valid([]byte(prices)) {
				return api.Usage(`--prices must be JSON: {"model": {"input": 2.5, "output": 10}}`)
			}
			b["prices"] = json.RawMessage(prices)
		}
		if given("limit") {
			list, err := readLimits(limits)
			if err != nil {
				return err
			}
			b["rate_limits"] = list
		}
		switch {
		case budget == "none":
			b["budgets"] = []api.Body{}
		case budget != "":
			b["budgets"] = []api.Body{{"credit_limit": budget, "period": period}}
		}
		if len(b) == 0 {
			return api.Usage("nothing changes: see --help")
		}
		v, err := c.Call(cmd.Context(), http.MethodPut, api.Path("virtual-keys", args[0]), api.WorkspaceQuery(workspace), b)
		if err != nil {
			return err
		}
		return c.PrintLine(v, "updated %s", args[0])
	})
	f := cmd.Flags()
	f.StringVar(&note, "note", "", "a note of any text")
	f.StringVar(&fromEnv, "api-key-env", "", "environment variable that holds the new credential")
	f.StringVar(&reference, "api-key-ref", "", "where the server finds the credential: env:NAME, file:/path or vault:path#field (for owners)")
	f.StringArrayVar(&credentials, "credential", nil, "the credentials beside it, as NAME=VARIABLE or NAME:WEIGHT=VARIABLE; those that are not named go")
	f.StringVar(&baseURL, "base-url", "", "the provider's base URL")
	f.StringSliceVar(&models, "models", nil, `the models it may be used for; "" for all`)
	f.StringVar(&prices, "prices", "", "prices in USD per million tokens, as JSON")
	f.StringToStringVar(&settings, "set", nil, "the settings of the account, such as region=eu-west-1; those that are not named go")
	f.StringVar(&expires, "expires", "", `when it expires; "" for never`)
	f.StringVar(&budget, "budget", "", "what its calls may cost, in USD; none takes its budgets away")
	f.StringVar(&period, "budget-period", "life", budgetPeriodUsage)
	f.StringSliceVar(&limits, "limit", nil, `its rate limits, such as requests/rpm=60,tokens/rpd=1000000,concurrent_requests=4; "" for none`)
	f.StringVar(&workspace, "workspace", "", "where a name is meant (default your own, else the only one that has it)")
	return cmd
}

// orNull is nil for no entries or a single empty one.
func orNull(list []string) any {
	if len(list) == 0 || len(list) == 1 && list[0] == "" {
		return nil
	}
	return list
}

// readLimits reads TYPE/UNIT=VALUE, or TYPE=VALUE where the type has no unit.
func readLimits(list []string) ([]api.Body, error) {
	out := []api.Body{}
	for _, text := range list {
		if text == "" {
			continue
		}
		what, value, _ := strings.Cut(text, "=")
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return nil, api.Usage("--limit takes TYPE/UNIT=VALUE such as requests/rpm=60, not %q", text)
		}
		kind, unit, _ := strings.Cut(what, "/")
		out = append(out, api.Body{"type": kind, "value": n}.Text("unit", unit))
	}
	return out, nil
}
