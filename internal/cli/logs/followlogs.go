package logs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/sse"
	"github.com/sluicegate/sluice/internal/cli/api"
)

// followLogs prints new exchanges, one per line, until the server ends the stream or ctx ends. With
// --json a line is the row's JSON.
func followLogs(ctx context.Context, c *api.Client, query url.Values) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Base+api.Path("logs", "tail")+"?"+query.Encode(), nil)
	if err != nil {
		return fmt.Errorf("make the request: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+c.Key.Reveal())
	r.Header.Set("User-Agent", "sluice/"+api.Version())
	lasting := *c.HTTP
	lasting.Timeout = 0
	res, err := lasting.Do(r)
	if err != nil {
		return fmt.Errorf("no Sluice answers at %s: %w", c.Base, errors.Unwrap(err))
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		raw, _ := io.ReadAll(io.LimitReader(res.Body, 1<<20))
		return &api.Error{Status: res.StatusCode, Message: api.Printable(gjson.GetBytes(raw, "error.message").String())}
	}
	events := sse.NewReader(res.Body, 8<<20)
	defer events.Release()
	for {
		e, err := events.Next()
		switch {
		case errors.Is(err, io.EOF), ctx.Err() != nil:
			return nil
		case err != nil:
			return fmt.Errorf("read the stream: %w", err)
		}
		data := gjson.ParseBytes(e.Data)
		switch string(e.Name) {
		case "exchange":
			err = printFollowed(c, data)
		case "dropped":
			_, err = fmt.Fprintf(c.Out, "… %s rows were dropped: they came faster than they were read\n", data.Get("rows").Raw)
		case "end":
			return fmt.Errorf("the server ended the stream: %s", api.Printable(data.Get("reason").String()))
		}
		if err != nil {
			return err
		}
	}
}

func printFollowed(c *api.Client, row gjson.Result) error {
	if c.JSON {
		_, err := fmt.Fprintln(c.Out, api.EscapeControls(row.Raw))
		return err
	}
	var cells []string
	for _, path := range []string{"time", "id", "status", "provider", "model", "latency_ms", "usage.input_tokens", "usage.output_tokens", "cost_usd", "cache.status", "member_name|member"} {
		cells = append(cells, api.CellText(api.FirstOf(row, path)))
	}
	_, err := fmt.Fprintln(c.Out, strings.Join(cells, "\t"))
	return err
}
