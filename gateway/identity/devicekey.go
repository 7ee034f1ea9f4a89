package identity

import (
	"context"
	"slices"
	"strings"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
)

// DeviceKeyRef names an API key as which a device may call models.
type DeviceKeyRef struct{ ID, Name string }

// DeviceKeys lists the API keys as which the programs that a member lets in may call models: its
// own ones in its workspace that work, by name. Their budgets and limits are those of the calls.
func (s *Service) DeviceKeys(by *gateway.Principal) ([]DeviceKeyRef, error) {
	x, err := s.loaded("identity.DeviceKeys")
	if err != nil {
		return nil, err
	}
	return s.deviceKeys(x, by), nil
}

func (s *Service) deviceKeys(x *index, by *gateway.Principal) []DeviceKeyRef {
	out := []DeviceKeyRef{}
	for _, k := range x.allAPIKeys() {
		ended := k.Disabled || !k.ExpiresAt.IsZero() && !s.cfg.Now().Before(k.ExpiresAt)
		calls := k.Access.Scopes == nil || slices.Contains(k.Access.Scopes, gateway.CompletionsWrite)
		if k.Workspace == by.Workspace && k.Member == by.Member && !ended && calls {
			out = append(out, DeviceKeyRef{k.ID, k.Name})
		}
	}
	slices.SortFunc(out, func(a, b DeviceKeyRef) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// DeviceKey chooses the API key as which a program calls models that the member lets in: the one
// that ref names by id or name, else its only one. For a member without one it makes a key with the
// server's DeviceBudget.
func (s *Service) DeviceKey(ctx context.Context, by *gateway.Principal, ref string) (id string, err error) {
	const op = "identity.DeviceKey"
	if by == nil || !by.Role.May(gateway.CompletionsWrite) {
		return "", gateway.Require(op, by, gateway.CompletionsWrite)
	}
	s.write.Lock()
	defer s.write.Unlock()
	x, err := s.beginChange(ctx, op)
	if err != nil {
		return "", err
	}
	own := s.deviceKeys(x, by)
	at := slices.IndexFunc(own, func(k DeviceKeyRef) bool { return k.ID == ref || k.Name == ref })
	switch {
	case ref != "" && at < 0:
		return "", absent(op, "api_key", "You have no API key '"+ref+"' that calls models.")
	case ref != "":
		return own[at].ID, nil
	case len(own) == 1:
		return own[0].ID, nil
	case len(own) > 1:
		return "", gateway.InvalidField(op, "api_key", "You have several API keys: name the one as which the program calls models.")
	case s.cfg.DeviceBudget == nil:
		return "", &gateway.Error{Op: op, Kind: gateway.Forbidden, Code: "no_api_key", Public: "You have no API key that calls models here. Ask a manager of the workspace for one."}
	}
	return s.makeDeviceKey(ctx, op, x, by)
}

// makeDeviceKey makes an API key that nobody knows: only devices use it. The caller holds write.
func (s *Service) makeDeviceKey(ctx context.Context, op string, x *index, by *gateway.Principal) (string, error) {
	name := "device-" + strings.ToLower(by.Member)
	if x.apiKeyNamed(by.Workspace, name) != nil {
		return "", &gateway.Error{Op: op, Kind: gateway.Forbidden, Code: "no_api_key", Public: "Your API key for devices, '" + name + "', is disabled or has ended."}
	}
	now, budget := s.cfg.Now().UTC(), *s.cfg.DeviceBudget
	k := APIKey{ID: ulid.Make().String(), Workspace: by.Workspace, Member: by.Member, Name: name, Hash: generatedHash(newKey()), Masked: "…",
		Budget: &budget, CreatedAt: now, UpdatedAt: now}
	return k.ID, s.putAPIKey(ctx, k)
}
