package cli

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/embed"
	"github.com/sluicegate/sluice/cache/embed/model/library"
	"github.com/sluicegate/sluice/cache/simulate"
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/route/document"
	"github.com/sluicegate/sluice/internal/cli/api"
)

// simulateCacheCommand replays a log in this process. It needs no server.
func simulateCacheCommand() *cobra.Command {
	var flags controlFlags
	var file, policy, embedder string
	cmd := &cobra.Command{Use: "simulate --log FILE", Short: "Replay logged calls with other cache settings, in this process", Args: api.Exactly(0),
		Long: "Replay logged calls with other cache settings, in this process.\n\n" +
			"FILE has one exchange with its bodies per line, as GET /v1/logs/{id} shows them, or a list\n" +
			"of them under \"data\". Each is asked of an empty cache in the order of time. What a near\n" +
			"question would have been served is compared with the answer that it got.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if file == "" {
				return api.Usage("--log is missing: the file of exchanges")
			}
			cfg, err := flags.config(cmd)
			if err != nil {
				return err
			}
			settings := simulate.Settings{}
			if settings.Policy, err = document.CachePolicy(policy); err != nil {
				return api.Usage("--cache: %s", gateway.AsError(err).Public)
			}
			if settings.Embedder, err = simulatedEmbedder(cfg.DataDir, embedder); err != nil {
				return err
			}
			calls, passed, err := readCalls(file)
			if err != nil {
				return err
			}
			result, err := replay(cmd.Context(), settings, calls, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			asJSON, _ := cmd.Flags().GetBool("json") // the group's
			return printSimulation(cmd.OutOrStdout(), asJSON, result, passed, settings.Embedder.Model())
		}}
	flags.add(cmd)
	cmd.Flags().StringVar(&file, "log", "", "file of exchanges, one JSON object per line; - for standard input")
	cmd.Flags().StringVar(&policy, "cache", `{"mode":"guarded"}`, "cache setting to try, as in a config")
	cmd.Flags().StringVar(&embedder, "embedder", "auto", "auto, builtin or the name of a model of the data directory")
	return cmd
}

// simulatedEmbedder opens an embedder of this process.
func simulatedEmbedder(dataDir, name string) (cache.Embedder, error) {
	models := library.New(dataDir)
	switch name {
	case "builtin":
		return embed.Builtin{}, nil
	case "auto":
		all, err := models.List()
		if err != nil || len(all) == 0 {
			return embed.Builtin{}, nil
		}
		name = all[0].Name
	}
	m, _, err := models.Open(name)
	return m, err
}

// replay sends the calls and draws how far it is.
func replay(ctx context.Context, settings simulate.Settings, calls []simulate.Call, progress io.Writer) (simulate.Result, error) {
	s, err := simulate.New(settings)
	if err != nil {
		return simulate.Result{}, err
	}
	draw := api.IsTerminal(progress)
	drawn := 0
	for i, c := range calls {
		if err := s.Replay(ctx, c); err != nil {
			return s.Result(), errors.Join(err, s.Close(ctx))
		}
		if percent := 100 * (i + 1) / len(calls); draw && percent > drawn {
			drawn = percent
			api.DrawProgress(progress, i+1, len(calls))
		}
	}
	return s.Result(), s.Close(ctx)
}

// maxLine is how long a line of a log may be.
const maxLine = 64 << 20

// readCalls reads the exchanges that a cache concerns, in the order of time, and counts the others.
func readCalls(file string) (calls []simulate.Call, passed int, err error) {
	in := os.Stdin
	if file != "-" {
		if in, err = os.Open(file); err != nil {
			return nil, 0, err
		}
		defer in.Close()
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		if !gjson.ValidBytes(line) {
			return nil, 0, api.Usage("%s, line %d: not a JSON object", file, n)
		}
		row := gjson.ParseBytes(bytes.Clone(line))
		rows := []gjson.Result{row}
		if data := row.Get("data"); data.IsArray() {
			rows = data.Array()
		}
		for _, row := range rows {
			if c, ok := callOf(row); ok {
				calls = append(calls, c)
			} else {
				passed++
			}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, 0, fmt.Errorf("%s: %w", file, err)
	}
	slices.SortStableFunc(calls, func(a, b simulate.Call) int { return cmp.Compare(a.Time.UnixNano(), b.Time.UnixNano()) })
	return calls, passed, nil
}

// callOf reads an exchange; ok is false if it is no answered chat, or its bodies are not there.
func callOf(row gjson.Result) (c simulate.Call, ok bool) {
	request, response := row.Get("request"), row.Get("response")
	if row.Get("operation").String() != string(gateway.OpChat) || !request.IsObject() || !response.IsObject() || row.Get("outcome").String() != "ok" {
		return c, false
	}
	read := openai.NewRequest
	switch route := row.Get("route").String(); {
	case strings.HasSuffix(route, "/messages"):
		read = anthropic.NewRequest
	case strings.HasSuffix(route, "/responses"):
		read = responses.NewRequest
	}
	req, err := read(gateway.OpChat, []byte(request.Raw))
	at, wrong := time.Parse(time.RFC3339Nano, row.Get("time").String())
	if err != nil || wrong != nil {
		return c, false
	}
	c = simulate.Call{Time: at, Workspace: cmp.Or(row.Get("workspace").String(), "default"), Config: row.Get("config.slug").String(), Metadata: map[string]string{},
		Request: req, Answer: []byte(response.Raw), Cost: row.Get("cost_nano_usd").Int() + int64(math.Round(row.Get("saved_usd").Num*1e9)), // of a hit: what it saved
		Took:    time.Duration(row.Get("latency_ms").Num * float64(time.Millisecond)),
		Certain: !gateway.CacheStatus(row.Get("cache.status").String()).Hit()}
	row.Get("metadata").ForEach(func(k, v gjson.Result) bool {
		c.Metadata[k.String()] = v.String()
		return true
	})
	return c, true
}

func printSimulation(out io.Writer, asJSON bool, r simulate.Result, passed int, embedder string) error {
	share := func(n, of int) float64 {
		if of == 0 {
			return 0
		}
		return float64(n) / float64(of)
	}
	if asJSON {
		_, err := fmt.Fprintf(out, `{"calls":%d,"passed_over":%d,"embedder":%q,"exact_hits":%d,"alias_hits":%d,"semantic_hits":%d,"right":%d,"wrong":%d,"unsure":%d,"wrong_of_all":%g,"wrong_of_judged":%g,"saved_usd":%g,"saved_seconds":%g}`+"\n",
			r.Calls, passed, embedder, r.Exact, r.Alias, r.Near, r.Right, r.Wrong, r.Unsure, share(r.Wrong, r.Calls), share(r.Wrong, r.Right+r.Wrong), float64(r.Saved)/1e9, r.SavedTime.Seconds())
		return err
	}
	rows := [][]string{
		{"calls", fmt.Sprint(r.Calls)}, {"passed over", fmt.Sprintf("%d (no answered chat, or without bodies)", passed)}, {"embedder", embedder},
		{"exact hits", fmt.Sprintf("%d (%.1f%%)", r.Exact, 100*share(r.Exact, r.Calls))}, {"alias hits", fmt.Sprintf("%d (%.1f%%)", r.Alias, 100*share(r.Alias, r.Calls))},
		{"semantic hits", fmt.Sprintf("%d (%.1f%%)", r.Near, 100*share(r.Near, r.Calls))},
		{"of these right", fmt.Sprint(r.Right)}, {"wrong", fmt.Sprintf("%d (%.2f%% of all calls)", r.Wrong, 100*share(r.Wrong, r.Calls))}, {"unsure", fmt.Sprintf("%d (the answers' texts do not tell)", r.Unsure)},
		{"saved", fmt.Sprintf("%.6f USD, %.1f seconds", float64(r.Saved)/1e9, r.SavedTime.Seconds())},
	}
	return api.WriteTable(out, api.IsTerminal(out), rows[0], rows[1:])
}
