package access

import (
	"net/http"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// keyAccessFlags are the flags that say what an API key may do and use.
type keyAccessFlags struct {
	scopes, models, virtualKeys, addresses, tags []string
	aliases, metadata                            []string // name=value
	lockConfig                                   bool
}

func (a *keyAccessFlags) define(f *pflag.FlagSet) {
	f.StringSliceVar(&a.scopes, "scope", nil, "what it may do, such as completions.write (default all that the role allows)")
	f.StringSliceVar(&a.models, "model", nil, "models or access groups that it may use, such as gpt-5 or anthropic/* (default all)")
	f.StringSliceVar(&a.virtualKeys, "virtual-key", nil, "virtual keys that it may use (default all)")
	f.StringSliceVar(&a.addresses, "allow-ip", nil, "addresses that it may be used from, such as 10.0.0.0/8 (default all)")
	f.StringSliceVar(&a.tags, "tag", nil, "a tag")
	f.StringSliceVar(&a.aliases, "alias", nil, "a name for a model: name=model")
	f.StringSliceVar(&a.metadata, "metadata", nil, "set on each of its calls: name=value")
	f.BoolVar(&a.lockConfig, "lock-config", false, "its calls cannot choose another config")
}

// add puts the flags that were given into a body.
func (a *keyAccessFlags) add(cmd *cobra.Command, to api.Body) error {
	for flag, field := range map[string]struct {
		name string
		list []string
	}{"scope": {"scopes", a.scopes}, "model": {"models", a.models}, "virtual-key": {"virtual_keys", a.virtualKeys}, "allow-ip": {"allowed_ips", a.addresses}, "tag": {"tags", a.tags}} {
		if cmd.Flags().Changed(flag) {
			to[field.name] = withoutEmpty(field.list)
		}
	}
	for flag, field := range map[string]struct {
		name  string
		pairs []string
	}{"alias": {"model_aliases", a.aliases}, "metadata": {"metadata", a.metadata}} {
		if !cmd.Flags().Changed(flag) {
			continue
		}
		m := map[string]string{}
		for _, pair := range withoutEmpty(field.pairs) {
			name, value, ok := strings.Cut(pair, "=")
			if !ok {
				return api.Usage("--%s must be name=value, not %q", flag, pair)
			}
			m[name] = value
		}
		to[field.name] = m
	}
	if cmd.Flags().Changed("lock-config") {
		to["allow_config_override"] = !a.lockConfig
	}
	return nil
}

// withoutEmpty lets --flag "" take a list away.
func withoutEmpty(list []string) []string {
	out := []string{}
	for _, text := range list {
		if text != "" {
			out = append(out, text)
		}
	}
	return out
}

func updateKeyCommand() *cobra.Command {
	var workspace, config, expires, team string
	var access keyAccessFlags
	cmd := api.Command("update REF", `Change what a key may do and use; "" takes a limit away`, 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		b := api.Body{}
		for flag, field := range map[string]string{"config": "config", "expires": "expires_at", "team": "team"} {
			if cmd.Flags().Changed(flag) {
				b[field], _ = cmd.Flags().GetString(flag)
			}
		}
		if err := access.add(cmd, b); err != nil {
			return err
		}
		if len(b) == 0 {
			return api.Usage("say what to change: see sluice keys update --help")
		}
		v, err := c.Call(cmd.Context(), http.MethodPut, api.Path("api-keys", args[0]), api.WorkspaceQuery(workspace), b)
		if err != nil {
			return err
		}
		return c.PrintLine(v, "updated %s", args[0])
	})
	f := cmd.Flags()
	f.StringVar(&workspace, "workspace", "", "where a name is meant (default your own, else the only one that has it)")
	f.StringVar(&config, "config", "", "slug of the config that its calls use")
	f.StringVar(&expires, "expires", "", "when it ends, such as 2027-01-31T00:00:00Z")
	f.StringVar(&team, "team", "", "a team of the workspace, which the member joins")
	access.define(f)
	return cmd
}

func rotateKeyCommand() *cobra.Command {
	var workspace, overlap string
	cmd := api.Command("rotate REF", "Give a key a new value; it is shown once", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("api-keys", args[0], "rotate"), api.WorkspaceQuery(workspace), api.Body{}.Text("overlap", overlap))
		if err != nil {
			return err
		}
		return c.PrintObject(v, api.Column{"id", "id"}, api.Column{"name", "name"}, api.Column{"old_key_until", "old_key_until"}, api.Column{"key", "key"})
	})
	cmd.Flags().StringVar(&workspace, "workspace", "", "where a name is meant (default your own, else the only one that has it)")
	cmd.Flags().StringVar(&overlap, "overlap", "", "how long the old value stays good, such as 24h or 7d (default: it ends now)")
	return cmd
}
