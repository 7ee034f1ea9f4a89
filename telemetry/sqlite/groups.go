package sqlite

import (
	"context"

	"github.com/sluicegate/sluice/telemetry"
)

// groups names the groups of a dimension by the numbers in a column of exchanges.
type groups struct {
	column string // "": there is one group
	named  map[int64]group
	name   func(n int64) string // of numbers that are no combinations
}

type group struct{ value, name string }

// number is the expression of a group's number.
func (g *groups) number() string {
	if g.column == "" || g.column == "user" {
		return "0"
	}
	return "coalesce(" + g.column + ", 0)"
}

func (g *groups) of(n int64) (value, name string) {
	if g.name != nil {
		return g.name(n), ""
	}
	found := g.named[n]
	return found.value, found.name
}

// groupColumns say where the values and names of dimensions stand.
var groupColumns = map[telemetry.Dimension]struct{ column, value, name string }{
	telemetry.DimensionModel:      {"target", "CASE served WHEN '' THEN model ELSE served END", "''"},
	telemetry.DimensionProvider:   {"target", "provider", "''"},
	telemetry.DimensionVirtualKey: {"target", "virtual_key", "''"},
	telemetry.DimensionMember:     {"caller", "member", "member_name"},
	telemetry.DimensionAPIKey:     {"caller", "api_key", "api_key_name"},
	telemetry.DimensionTeam:       {"team", "team", "team_name"},
	telemetry.DimensionConfig:     {"template", "config", "''"},
	telemetry.DimensionPrompt:     {"template", "prompt_id", "prompt"},
	telemetry.DimensionStatus:     {"result", "CAST(status AS TEXT)", "''"},
	telemetry.DimensionOutcome:    {"result", "outcome", "''"},
	telemetry.DimensionCache:      {"result", "cache", "''"},
}

// groupsOf reads the groups of a dimension.
func groupsOf(ctx context.Context, db queryer, d telemetry.Dimension, workspace int64) (*groups, error) {
	switch d {
	case "":
		return &groups{}, nil
	case telemetry.DimensionUser:
		return &groups{column: "user"}, nil
	case telemetry.DimensionVariant: // facts alone say it
		return &groups{}, nil
	case telemetry.DimensionVerdict:
		return &groups{column: "verdict", name: func(n int64) string { return telemetry.Verdict(n).String() }}, nil
	case telemetry.DimensionRescue:
		return &groups{column: "rescued", name: telemetry.RescueName}, nil
	}
	c := groupColumns[d]
	out := &groups{column: c.column, named: map[int64]group{}}
	rows, err := db.QueryContext(ctx, "SELECT n, "+c.value+", "+c.name+" FROM "+c.column+"s WHERE workspace = ?", workspace)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		var g group
		if err := rows.Scan(&n, &g.value, &g.name); err != nil {
			return nil, err
		}
		out.named[n] = g
	}
	return out, rows.Err()
}
