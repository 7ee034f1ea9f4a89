package litellm_test

import (
	"context"
	"testing"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/admintest"
	"github.com/sluicegate/sluice/internal/httpapi/admin/apikey"
	"github.com/sluicegate/sluice/internal/httpapi/admin/litellm"
	"github.com/sluicegate/sluice/internal/httpapi/models"
	"github.com/sluicegate/sluice/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCalls(t *testing.T) {
	admintest.Run(t, "testdata/*.txtar", func(o *admintest.Office) []httpapi.Route {
		return litellm.Routes(litellm.Settings{Performer: action.Performer{Workspaces: o.Identity}, Keys: apikey.Service{Keys: o.Identity, Own: o.Own()},
			Finder: o.Identity, People: o.Identity, Teams: o.Identity, Models: source{}, Usage: spending{}})
	})
}

// spending is what the calls of one member cost on two days.
type spending struct{}

func (spending) Usage(_ context.Context, q telemetry.UsageQuery) ([]telemetry.UsageRow, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	day := telemetry.DayOf(q.Since)
	return []telemetry.UsageRow{{Day: day, Model: "gpt-5", Member: "m1", MemberName: "ada@example.com", Charged: 2_000_000_000}, {Day: day, Model: "o3", Member: "m1", MemberName: "ada@example.com", Charged: 1_000_000},
		{Day: day.AddDate(0, 0, 1), Model: "gpt-5", Member: "m2", MemberName: "bob@example.com", Charged: 5_000_000}}, nil
}

// source knows two models.
type source struct{}

func (source) Models(context.Context, *gateway.Principal) ([]models.Model, error) {
	read := int64(500_000_000)
	return []models.Model{{ID: "mock/echo", Provider: "mock"},
		{ID: "@vk/gpt-5", Provider: "openai", Context: 400_000, Output: 128_000, Price: &gateway.Price{Input: 1_250_000_000, Output: 10_000_000_000, CacheRead: &read}}}, nil
}
