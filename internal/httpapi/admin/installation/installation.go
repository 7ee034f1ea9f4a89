// Package installation tells operators what they run: version, health and the settings in force,
// without secrets.
package installation

import (
	"context"
	"net/http"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// Settings is what the answer is made of. All fields are required.
type Settings struct {
	Started  time.Time
	Settings []Setting
	Ready    func(ctx context.Context) error
	Warnings func() []string
}

// Setting is one setting in force.
type Setting struct {
	Name  string `json:"name"`  // path in the server's file: "telemetry.retention"
	Value string `json:"value"` // without secrets; "" = not set
}

// licence is that of the file LICENSE.
const licence = "Apache-2.0"

type serverState struct {
	Object   string    `json:"object"`
	Version  string    `json:"version"`
	Revision string    `json:"revision,omitempty"` // of the source, where the build recorded it
	Go       string    `json:"go"`
	Licence  string    `json:"licence"`
	Started  time.Time `json:"started_at"`
	Ready    bool      `json:"ready"`
	Problem  string    `json:"problem,omitempty"` // why it is not ready
	Warnings []string  `json:"warnings"`          // what fails although the server can serve
	Settings []Setting `json:"settings"`
}

// Actions are the operations.
func Actions(settings Settings) []action.Action {
	return []action.Action{
		{Method: http.MethodGet, Path: "/v1/server", Name: "server.get", Need: gateway.ServerRead,
			About: httpapi.Description{Summary: "Shows version, health and settings of the server, without secrets", Answer: serverState{Warnings: []string{}, Settings: []Setting{}}}, Do: settings.get},
	}
}

func (s Settings) get(ctx context.Context, r *action.Request) error {
	out := serverState{Object: "server", Version: "(devel)", Go: runtime.Version(), Licence: licence, Started: s.Started.UTC(), Ready: true,
		Warnings: append([]string{}, s.Warnings()...), Settings: s.Settings}
	if err := s.Ready(ctx); err != nil {
		out.Ready, out.Problem = false, gateway.AsError(err).Public
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			out.Version = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				out.Revision = s.Value
			}
		}
	}
	r.Target = "server"
	r.Reply = out
	return nil
}
