package admin

import (
	"context"
	"net/http"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential/seal"
)

// MasterKey seals the control database with another master key.
type MasterKey interface {
	MasterKeyStatus(by *gateway.Principal) (seal.RotationStatus, error)
	// RotateMasterKey begins a rotation, or goes on with one. It does not wait for its end.
	RotateMasterKey(by *gateway.Principal) (seal.RotationStatus, error)
}

func (a *resources) masterKeyRoutes() []operation {
	return []operation{
		{"GET", "/v1/master-key", "master_key.get", gateway.MasterKeyRead, a.masterKeyStatus},
		{"POST", "/v1/master-key/rotate", "master_key.rotate", gateway.MasterKeyRotate, a.rotateMasterKey},
	}
}

type masterKeyResponse struct {
	Object   string   `json:"object"`
	Active   string   `json:"active"` // id of the key that values are sealed with
	Known    []string `json:"known"`  // ids of the keys of this process, the one to rotate to first
	Running  bool     `json:"running"`
	Resealed int      `json:"resealed"`          // values since this process started
	Left     int      `json:"left"`              // values that no known key opens
	Problem  string   `json:"problem,omitempty"` // why the last run failed
}

func masterKeyOf(s seal.RotationStatus) masterKeyResponse {
	return masterKeyResponse{"master_key", s.Active, s.Known, s.Running, s.Resealed, s.Left, s.Problem}
}

func (a *resources) masterKeyStatus(_ context.Context, r *request) error {
	s, err := a.MasterKey.MasterKeyStatus(r.By)
	r.Reply = masterKeyOf(s)
	return err
}

func (a *resources) rotateMasterKey(_ context.Context, r *request) error {
	s, err := a.MasterKey.RotateMasterKey(r.By)
	r.Target, r.Status, r.Reply = s.Active, http.StatusAccepted, masterKeyOf(s)
	return err
}
