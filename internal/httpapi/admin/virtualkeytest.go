package admin

import "context"

// virtualKeyTestResponse tells how the provider took each credential of a virtual key.
type virtualKeyTestResponse struct {
	page
	OK bool `json:"ok"` // all of them are
}

type credentialTestResponse struct {
	Name    string `json:"name"`
	OK      bool   `json:"ok"`               // the provider takes it
	Status  int    `json:"status,omitempty"` // of the provider's answer; absent: there was none
	Latency int64  `json:"latency_ms"`
	Error   string `json:"error,omitempty"` // why it is not proven
}

func (a *resources) testVirtualKey(ctx context.Context, r *request) error {
	ref, err := a.virtualKeyRef(ctx, r)
	if err != nil {
		return err
	}
	k, tests, err := a.VirtualKeys.TestVirtualKey(ctx, r.By, ref)
	if err != nil {
		return err
	}
	rows, ok := make([]credentialTestResponse, len(tests)), true
	for i, t := range tests {
		rows[i] = credentialTestResponse{Name: t.Name, OK: t.Err == nil, Status: t.Status, Latency: t.Latency.Milliseconds()}
		if t.Err != nil {
			rows[i].Error = t.Err.Public
			ok = false
		}
	}
	r.Target, r.Workspace, r.Reply = k.Name, k.Workspace, virtualKeyTestResponse{page{Object: "list", Data: rows}, ok}
	return nil
}
