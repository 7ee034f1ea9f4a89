package alert

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// maxTargets bounds the targets of one workspace, and those of all workspaces.
const maxTargets = 50

// sealedPart is what is sealed of a target.
type sealedPart struct {
	URL    string `json:"url"`
	Secret string `json:"secret,omitempty"`
}

const (
	sealTable  = "alert_targets"
	sealColumn = "sealed"
)

// Load reads the targets from the store. One that another master key sealed is left out.
func (s *Service) Load(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows, err := s.cfg.Store.AlertTargets(ctx)
	if err != nil {
		return err
	}
	s.stored = make(map[string]Target, len(rows))
	for _, row := range rows {
		t := row.Target
		var part sealedPart
		text, err := s.cfg.Cipher.Open(sealTable, t.ID, sealColumn, row.Sealed)
		if err != nil || json.Unmarshal([]byte(text.Reveal()), &part) != nil {
			s.cfg.Log.Error("an alert target does not open with this master key", "target", t.Name)
			continue
		}
		t.URL, t.Secret = gateway.NewSecret(part.URL), gateway.NewSecret(part.Secret)
		s.stored[t.ID] = t
	}
	s.publish()
	return nil
}

// Declare replaces the targets of the server's file. A problem names the field under
// alerts.webhooks, and nothing is replaced then.
func (s *Service) Declare(targets []Target) error {
	for i := range targets {
		t := &targets[i]
		t.ID, t.Declared = "file:"+t.Workspace+":"+t.Name, true
		if err := t.validate(nil); err != nil {
			e := *gateway.AsError(err)
			e.Param = "alerts.webhooks[" + strconv.Itoa(i) + "]." + e.Param
			e.Public = "In '" + e.Param + "' of the server's file: " + e.Public
			return &e
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.declared = targets
	s.publish()
	return nil
}

// publish makes what the service holds what it announces to. The caller holds mu, or is alone.
func (s *Service) publish() {
	all := maps.Clone(s.stored)
	for _, t := range s.declared {
		all[t.ID] = t
	}
	s.targets.Store(&all)
}

// Targets lists the targets of a workspace, and those of all workspaces, by name.
func (s *Service) Targets(workspace string) []Target {
	out := slices.Collect(maps.Values(*s.targets.Load()))
	out = slices.DeleteFunc(out, func(t Target) bool { return t.Workspace != "" && t.Workspace != workspace })
	slices.SortFunc(out, func(a, b Target) int { return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID) })
	return out
}

// Target is one of Targets, by id.
func (s *Service) Target(workspace, id string) (Target, error) {
	t, ok := (*s.targets.Load())[id]
	if !ok || t.Workspace != "" && t.Workspace != workspace {
		return Target{}, &gateway.Error{Op: "alert.Target", Kind: gateway.NotFound, Param: "id", Public: "There is no alert target '" + id + "'."}
	}
	return t, nil
}

// Create stores a new target.
func (s *Service) Create(ctx context.Context, t Target) (Target, error) {
	const op = "alert.Create"
	if err := t.validate(s.cfg.CheckAddress); err != nil {
		return Target{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.checkName(op, &t); err != nil {
		return Target{}, err
	}
	n := 0
	for _, o := range *s.targets.Load() {
		if o.Workspace == t.Workspace {
			n++
		}
	}
	if n >= maxTargets {
		return Target{}, &gateway.Error{Op: op, Kind: gateway.Conflict, Public: "The workspace has " + strconv.Itoa(maxTargets) + " alert targets, which is the most."}
	}
	t.CreatedAt = s.cfg.Now().UTC()
	t.ID, t.UpdatedAt, t.Declared = s.cfg.NewID(t.CreatedAt), t.CreatedAt, false
	return s.put(ctx, op, t)
}

// Update changes the name, the format, the URL or the secret of a target: t is the target as it is to
// be. What is on the way goes to the new address.
func (s *Service) Update(ctx context.Context, t Target) (Target, error) {
	const op = "alert.Update"
	if err := t.validate(s.cfg.CheckAddress); err != nil {
		return Target{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, stored := s.stored[t.ID]; !stored {
		return Target{}, &gateway.Error{Op: op, Kind: gateway.NotFound, Param: "id", Public: "There is no alert target '" + t.ID + "'."}
	}
	if err := s.checkName(op, &t); err != nil {
		return Target{}, err
	}
	t.UpdatedAt = s.cfg.Now().UTC()
	return s.put(ctx, op, t)
}

// checkName refuses the name of another target of the workspace. The caller holds mu.
func (s *Service) checkName(op string, t *Target) error {
	for _, o := range *s.targets.Load() {
		if o.Workspace == t.Workspace && o.Name == t.Name && o.ID != t.ID {
			return &gateway.Error{Op: op, Kind: gateway.Conflict, Param: "name", Public: "There is an alert target '" + t.Name + "' already."}
		}
	}
	return nil
}

// put seals and stores a target. The caller holds mu.
func (s *Service) put(ctx context.Context, op string, t Target) (Target, error) {
	text, err := json.Marshal(sealedPart{t.URL.Reveal(), t.Secret.Reveal()})
	if err != nil {
		return Target{}, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The alert target cannot be stored.", Err: err}
	}
	row := SealedTarget{Target: t, Sealed: s.cfg.Cipher.Seal(sealTable, t.ID, sealColumn, gateway.NewSecret(string(text)))}
	row.URL, row.Secret = gateway.Secret{}, gateway.Secret{}
	if err := s.cfg.Store.PutAlertTarget(ctx, row); err != nil {
		return Target{}, err
	}
	s.stored[t.ID] = t
	s.publish()
	return t, nil
}

// Delete deletes a target. What is on the way to it is not delivered.
func (s *Service) Delete(ctx context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.cfg.Store.DeleteAlertTarget(ctx, id); err != nil {
		return err
	}
	delete(s.stored, id)
	s.publish()
	return nil
}

// Test sends a target an event that says nothing but that it arrives, once.
func (s *Service) Test(ctx context.Context, t Target) error {
	now := s.cfg.Now().UTC()
	id := s.cfg.NewID(now)
	raw, err := json.Marshal(Event{ID: id, Type: testEvent, At: now})
	if err != nil {
		return &gateway.Error{Op: "alert.Test", Kind: gateway.Internal, Public: "The test cannot be written.", Err: err}
	}
	if err := s.send(ctx, &t, Delivery{ID: id, Event: raw}); err != nil {
		return &gateway.Error{Op: "alert.Test", Kind: gateway.BadUpstream, Public: "The test was not delivered: " + err.Error() + "."}
	}
	return nil
}
