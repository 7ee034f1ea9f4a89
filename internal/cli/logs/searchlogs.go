package logs

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// searchLogs lists exchanges by words in their texts. The server answers after some seconds, however
// far it came; this goes on from there until it has as many as are wanted, or all was searched.
func searchLogs(ctx context.Context, c *api.Client, q url.Values, progress io.Writer) (gjson.Result, error) {
	limit, _ := strconv.Atoi(q.Get("limit"))
	var rows []string
	var searched int64
	for {
		v, err := c.Call(ctx, http.MethodGet, api.Path("logs"), q, nil)
		if err != nil {
			return v, err
		}
		for _, row := range v.Get("data").Array() {
			rows = append(rows, row.Raw)
		}
		searched += v.Get("searched.rows").Int()
		next := v.Get("next_cursor").String()
		if next == "" || len(rows) >= limit {
			all := fmt.Sprintf(`{"object":"list","data":[%s],"searched":{"rows":%d,"until":%s}`, strings.Join(rows, ","), searched, rawOrNull(v.Get("searched.until")))
			if next != "" {
				all += `,"next_cursor":` + v.Get("next_cursor").Raw
			}
			return gjson.Parse(all + "}"), nil
		}
		if !c.JSON {
			fmt.Fprintf(progress, "searched %d exchanges, back to %s; found %d\n", searched, api.Printable(v.Get("searched.until").String()), len(rows))
		}
		q.Set("cursor", next)
		q.Set("limit", strconv.Itoa(limit-len(rows)))
	}
}

func rawOrNull(v gjson.Result) string {
	if v.Raw == "" {
		return "null"
	}
	return v.Raw
}
