package app

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential/seal"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/app/control"
	"github.com/sluicegate/sluice/internal/config"
	sqlstore "github.com/sluicegate/sluice/internal/store/sql"
)

// masterKeys is what seals the control database, and how it is sealed with another master key. It
// implements admin.MasterKey.
type masterKeys struct {
	cipher   *seal.Cipher
	rotation *seal.Rotation
	purposes map[string][]byte // keys for other purposes
	files    seal.MasterKeyFiles
	fromFile bool // the key stands in a file of the data directory
	shared   bool // other processes may use the same database
}

// A value that was sealed with the earlier master key may be stored this long after a rotation began:
// by this process, which has writes under way, or by replicas, which have to notice it first.
const (
	ownWrites      = time.Second
	replicasNotice = 5 * time.Second
)

// loadMasterKeys reads the master keys that this process knows.
func loadMasterKeys(cfg config.Config, env environment) (*masterKeys, error) {
	m := &masterKeys{fromFile: env.masterKey.Empty(), shared: control.Shared(cfg), files: seal.MasterKeyFiles{
		Key: filepath.Join(cfg.DataDir, "master.key"), Salt: filepath.Join(cfg.DataDir, "master.salt"), Database: control.File(cfg)}}
	keys, err := seal.LoadMasterKeys(env.masterKey, env.previousMasterKey, m.files)
	if err != nil {
		return nil, err
	}
	m.cipher, err = seal.NewCipher(keys...)
	return m, err
}

// open finds the master key that the database is sealed with, and reads the keys for other
// purposes. Processes that start together do so one after the other. whole is false if store is a
// copy, which is not worth a rotation.
func (m *masterKeys) open(ctx context.Context, store *sqlstore.Store, whole bool, log *slog.Logger) error {
	err := store.Exclusively(ctx, func(ctx context.Context) error {
		o, err := store.Organisation(ctx)
		fresh := false
		if e := gateway.AsError(err); e != nil && e.Kind == gateway.NotFound {
			fresh = true
		} else if err != nil {
			return err
		} else if err := m.activateOf(&o); err != nil {
			return err
		}
		m.purposes, err = m.cipher.LoadPurposes(ctx, store, fresh)
		return err
	})
	if err != nil {
		return err
	}
	settle, done := ownWrites, m.files.Promote
	if m.shared {
		settle = replicasNotice
	}
	if !m.fromFile {
		done = nil
	}
	m.rotation = seal.NewRotation(m.cipher, store, settle, done, log)
	if known := m.cipher.Known(); whole && len(known) > 1 && m.cipher.Active() == known[0] {
		m.rotation.Begin() // one that was interrupted
	}
	return nil
}

// activateOf seals with the master key of the organisation's canary.
func (m *masterKeys) activateOf(o *identity.Organisation) error {
	if err := m.cipher.ActivateOf("organisations", o.ID, "canary", o.Canary); err != nil {
		if seal.Newer(o.Canary) {
			return &gateway.Error{Op: "app.masterKeys", Kind: gateway.Internal, Err: err, Public: "This control database is sealed by a newer Sluice than this one: update it."}
		}
		return &gateway.Error{Op: "app.masterKeys", Kind: gateway.Internal, Param: "SLUICE_MASTER_KEY", Err: err,
			Public: "This control database is sealed with another master key" + quoted(seal.SealedWith(o.Canary)) + " than this process has" + quoted(strings.Join(m.cipher.Known(), ", ")) +
				". Two replicas with different master keys cannot share a database: set SLUICE_MASTER_KEY to the same value on all of them (and SLUICE_MASTER_KEY_PREVIOUS to the earlier one during a rotation), or bring the key file in the data directory back."}
	}
	return nil
}

func quoted(id string) string {
	if id == "" {
		return ""
	}
	return " (" + id + ")"
}

// follow seals with the master key that another process has made the active one.
func (m *masterKeys) follow(ctx context.Context, store *sqlstore.Store) error {
	o, err := store.Organisation(ctx)
	if err != nil {
		return err
	}
	return m.activateOf(&o)
}

// MasterKeyStatus implements admin.MasterKey.
func (m *masterKeys) MasterKeyStatus(by *gateway.Principal) (seal.RotationStatus, error) {
	if err := gateway.Require("app.MasterKeyStatus", by, gateway.MasterKeyRead); err != nil {
		return seal.RotationStatus{}, err
	}
	return m.rotation.Status(), nil
}

// RotateMasterKey implements admin.MasterKey. Without a second key, one is made where the key is
// in a file of this process alone.
func (m *masterKeys) RotateMasterKey(by *gateway.Principal) (seal.RotationStatus, error) {
	const op = "app.RotateMasterKey"
	if err := gateway.Require(op, by, gateway.MasterKeyRotate); err != nil {
		return seal.RotationStatus{}, err
	}
	if s := m.rotation.Status(); !s.Running && len(s.Known) == 1 {
		if !m.fromFile || m.shared {
			return s, &gateway.Error{Op: op, Kind: gateway.Conflict, Param: "SLUICE_MASTER_KEY",
				Public: "This server knows one master key only. Start every replica with SLUICE_MASTER_KEY (the new key) and SLUICE_MASTER_KEY_PREVIOUS (the one of today), then rotate."}
		}
		next, err := m.files.CreateNext()
		if err == nil {
			err = m.cipher.AddFirst(next)
		}
		if err != nil {
			return s, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The new master key could not be written to the data directory.", Err: err}
		}
	}
	m.rotation.Begin()
	return m.rotation.Status(), nil
}

// close ends a rotation between two batches; the next start goes on with it.
func (m *masterKeys) close(ctx context.Context) error {
	if m.rotation == nil {
		return nil
	}
	return m.rotation.Close(ctx)
}
