package logs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// exportPoll is how often a waiting command asks how far an export is.
const exportPoll = 500 * time.Millisecond

// exportLogsCommand makes an export, waits for it and downloads its file.
func exportLogsCommand() *cobra.Command {
	var to, format, fields, description, destination, text string
	var bodies, detach bool
	var metadata []string
	var limit int
	list := exchangeFilters()
	values := make([]string, len(list))
	cmd := api.Command("export", "Write the logs that match to a file: JSON lines, CSV or Parquet", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
		filters, workspace := map[string]any{}, ""
		for i, f := range list {
			switch {
			case values[i] == "":
			case f.Param() == "workspace":
				workspace = values[i]
			default:
				filters[f.Param()] = values[i]
			}
		}
		for _, m := range metadata {
			key, value, ok := strings.Cut(m, "=")
			if !ok || key == "" {
				return api.Usage("--metadata is written key=value, not %q", m)
			}
			filters["metadata."+key] = value
		}
		if limit > 0 {
			filters["limit"] = limit
		}
		if text != "" {
			filters["text"] = text
		}
		job := api.Body{"filters": filters, "bodies": bodies, "start": true}.Text("format", format).Text("description", description).Text("destination", destination).Text("workspace", workspace)
		if fields != "" {
			job["fields"] = strings.Split(fields, ",")
		}
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("logs", "exports"), nil, job)
		if err != nil {
			return err
		}
		if detach {
			return c.PrintLine(v, "%s is queued; sluice logs exports get %[1]s shows how far it is", api.Printable(v.Get("id").String()))
		}
		if v, err = awaitExport(cmd.Context(), c, v, workspace, cmd.ErrOrStderr()); err != nil {
			return err
		}
		if to == "" {
			to = api.Printable(v.Get("id").String() + "." + v.Get("format").String())
		}
		if err := downloadExport(cmd.Context(), c, v.Get("id").String(), workspace, to); err != nil {
			return err
		}
		if to == "-" {
			return nil
		}
		cut := ""
		if v.Get("cut").String() != "" {
			cut = ", which the server's limit of " + api.Printable(v.Get("cut").String()) + " ends"
		}
		return c.PrintLine(v, "%s exchanges in %s%s", v.Get("rows").Raw, to, cut)
	})
	for i, f := range list {
		cmd.Flags().StringVar(&values[i], f.Flag(), "", f.Help())
	}
	cmd.Flags().StringVar(&text, "text", "", "words that stand in what was asked or answered, or in an error")
	cmd.Flags().StringArrayVar(&metadata, "metadata", nil, "key=value; may be repeated")
	cmd.Flags().IntVar(&limit, "limit", 0, "how many exchanges at most (default the server's limit)")
	cmd.Flags().StringVarP(&to, "output", "o", "", "the file (default ID.FORMAT; - is the standard output)")
	cmd.Flags().StringVar(&format, "format", "", "jsonl (default), csv or parquet")
	cmd.Flags().StringVar(&fields, "fields", "", "id,time,model … (default all)")
	cmd.Flags().BoolVar(&bodies, "bodies", false, "what was asked and answered, too")
	cmd.Flags().StringVar(&description, "description", "", "what it is for")
	cmd.Flags().StringVar(&destination, "destination", "", "file or s3 (default s3 where the server has a bucket)")
	cmd.Flags().BoolVar(&detach, "detach", false, "do not wait for it")
	return cmd
}

// awaitExport waits until an export has ended. On a terminal it draws how far it is.
func awaitExport(ctx context.Context, c *api.Client, v gjson.Result, workspace string, progress io.Writer) (gjson.Result, error) {
	path := api.Path("logs", "exports", v.Get("id").String())
	draw := !c.JSON && api.IsTerminal(progress)
	for {
		switch status := v.Get("status").String(); status {
		case "success":
			if draw {
				api.DrawProgress(progress, 1, 1)
			}
			return v, nil
		case "queued", "in_progress":
			if total := v.Get("total").Int(); draw && total > 0 {
				api.DrawProgress(progress, int(min(v.Get("rows").Int(), total-1)), int(total))
			}
		default:
			return v, fmt.Errorf("the export is %s: %s", api.Printable(status), api.Printable(v.Get("reason").String()))
		}
		select {
		case <-ctx.Done():
			return v, ctx.Err()
		case <-time.After(exportPoll):
		}
		var err error
		if v, err = c.Call(ctx, http.MethodGet, path, api.WorkspaceQuery(workspace), nil); err != nil {
			return v, err
		}
	}
}

// downloadExport writes the file of an export to a new file, or to the standard output. The API key
// goes to the server only, not to a bucket.
func downloadExport(ctx context.Context, c *api.Client, id, workspace, to string) error {
	query := api.WorkspaceQuery(workspace)
	query.Set("file", "true")
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Base+api.Path("logs", "exports", id, "download")+"?"+query.Encode(), nil)
	if err != nil {
		return fmt.Errorf("make the request: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+c.Key.Reveal())
	r.Header.Set("User-Agent", "sluice/"+api.Version())
	lasting := *c.HTTP
	lasting.Timeout = 0
	lasting.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if len(via) > 2 {
			return errors.New("too many redirects")
		}
		r.Header.Del("Authorization")
		return nil
	}
	res, err := lasting.Do(r)
	if err != nil {
		return fmt.Errorf("the file cannot be read: %w", unwrapped(err))
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		raw, _ := io.ReadAll(io.LimitReader(res.Body, 1<<20))
		return &api.Error{Status: res.StatusCode, Message: api.Printable(gjson.GetBytes(raw, "error.message").String())}
	}
	copyTo := func(w io.Writer) error {
		_, err := io.Copy(w, res.Body)
		return err
	}
	if to == "-" {
		return copyTo(c.Out)
	}
	return api.WriteNew(to, copyTo)
}

// unwrapped is an error without the address that was called, which may be signed.
func unwrapped(err error) error {
	var at *url.Error
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// logExportsCommand manages exports.
func logExportsCommand() *cobra.Command {
	var workspace string
	columns := []api.Column{{"ID", "id"}, {"STATUS", "status"}, {"FORMAT", "format"}, {"ROWS", "rows"}, {"OF", "total"}, {"BYTES", "bytes"}, {"CREATED", "created_at"},
		{"DESCRIPTION", "description"}, {"REASON", "reason"}}
	one := func(use, short, method string, more ...string) *cobra.Command {
		return api.Command(use+" ID", short, 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), method, api.Path(append([]string{"logs", "exports", args[0]}, more...)...), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			if method == http.MethodDelete {
				return c.PrintLine(v, "deleted %s", args[0])
			}
			return c.PrintObject(v, append(columns, api.Column{"EXPIRES", "expires_at"}, api.Column{"FILTERS", "filters"}, api.Column{"FIELDS", "fields"})...)
		})
	}
	to := ""
	download := api.Command("download ID", "Download the file of an export", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("logs", "exports", args[0]), api.WorkspaceQuery(workspace), nil)
		if err != nil {
			return err
		}
		file := to
		if file == "" {
			file = api.Printable(v.Get("id").String() + "." + v.Get("format").String())
		}
		if err := downloadExport(cmd.Context(), c, args[0], workspace, file); err != nil || file == "-" {
			return err
		}
		return c.PrintLine(v, "%s exchanges in %s", v.Get("rows").Raw, file)
	})
	download.Flags().StringVarP(&to, "output", "o", "", "the file (default ID.FORMAT; - is the standard output)")
	cmd := api.Group("exports", "Exports of logs",
		api.Command("list", "List exports, the newest first", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
			v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("logs", "exports"), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.PrintTable(v, columns...)
		}),
		one("get", "Show an export", http.MethodGet),
		one("start", "Begin an export, or begin it anew", http.MethodPost, "start"),
		one("cancel", "Stop an export", http.MethodPost, "cancel"),
		one("delete", "Delete an export and its file", http.MethodDelete),
		download)
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own)")
	return cmd
}
