package credential

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/sluicegate/sluice/gateway"
)

// CheckDeclared reports all problems of the virtual keys that the server's file declares at
// once, each with its path in the file. It changes nothing.
func (s *Service) CheckDeclared(ctx context.Context, list []NewVirtualKey) error {
	const op = "credential.Declare"
	v, err := s.loaded(op)
	if err != nil {
		return err
	}
	_, err = s.checkDeclared(ctx, op, v, list)
	return err
}

// Declare makes the store match the virtual keys of the server's file, after the checks of
// CheckDeclared. The admin API shows them read-only. Those that the file no longer declares
// are deleted.
func (s *Service) Declare(ctx context.Context, list []NewVirtualKey) error {
	const op = "credential.Declare"
	s.write.Lock()
	defer s.write.Unlock()
	v, err := s.beginChange(ctx, op)
	if err != nil {
		return err
	}
	keys, err := s.checkDeclared(ctx, op, v, list)
	if err != nil {
		return err
	}
	declared := map[keyName]bool{}
	for i, n := range list {
		if keys[i].Workspace, err = s.workspaces.WorkspaceNamed(ctx, n.Workspace); err != nil {
			return err
		}
		declared[keyName{keys[i].Workspace, n.Name}] = true
	}
	for id, e := range v.entries {
		if e.stored.FromFile && !declared[keyName{e.stored.Workspace, e.stored.Name}] {
			if err := s.remove(ctx, id); err != nil {
				return err
			}
		}
	}
	for i, n := range list {
		if err := s.declare(ctx, keys[i], n); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) checkDeclared(ctx context.Context, op string, v *snapshot, list []NewVirtualKey) ([]VirtualKey, error) {
	var problems []error
	out := make([]VirtualKey, len(list))
	seen := map[keyName]bool{}
	for i, n := range list {
		at := fmt.Sprintf("virtual_keys[%d].", i)
		k, err := s.checkNew(op, at, n)
		if known := s.declaredBefore(v, n); err == nil && (known == nil || !known.stored.ExpiresAt.Equal(k.ExpiresAt)) {
			err = s.checkExpiry(op, at, n) // one that has expired since stays as it was declared
		}
		if err == nil {
			err = s.checkDeclaredName(op, at, v, n, seen)
		}
		if err == nil {
			err = s.checkReferences(ctx, op, at, n)
		}
		problems = append(problems, err)
		k.FromFile = true
		out[i] = k
	}
	return out, errors.Join(problems...)
}

// checkDeclaredName refuses a name that the file declares twice, or that a key made through
// the admin API has.
func (s *Service) checkDeclaredName(op, at string, v *snapshot, n NewVirtualKey, seen map[keyName]bool) error {
	in := cmp.Or(n.Workspace, gateway.DefaultWorkspace)
	if e := gateway.CheckName(op, at+"workspace", in); e != nil {
		return e
	}
	id := keyName{in, n.Name}
	if seen[id] {
		return gateway.InvalidField(op, at+"name", "The field '"+at+"name' declares the virtual key '"+n.Name+"' a second time.")
	}
	seen[id] = true
	workspace, name, ok := s.workspaces.FindWorkspace(in)
	if !ok || name != in { // FindWorkspace takes ids, too; the file names no ids
		return nil
	}
	if known := v.named(workspace, n.Name); known != nil && !known.stored.FromFile {
		return conflict(op, at+"name", "The field '"+at+"name': there is already a virtual key '"+n.Name+
			"' that was made through the admin API. Delete that one, or choose another name.")
	}
	return nil
}

// declaredBefore returns the key that the file declared under the same name at an earlier start, nil
// if there is none.
func (s *Service) declaredBefore(v *snapshot, n NewVirtualKey) *entry {
	workspace, _, ok := s.workspaces.FindWorkspace(cmp.Or(n.Workspace, gateway.DefaultWorkspace))
	if e := v.named(workspace, n.Name); ok && e != nil && e.stored.FromFile {
		return e
	}
	return nil
}

// declare writes one key, unless the stored one is the same already.
func (s *Service) declare(ctx context.Context, k VirtualKey, n NewVirtualKey) error {
	if known := s.snapshot.Load().named(k.Workspace, k.Name); known != nil {
		k.ID, k.CreatedAt = known.stored.ID, known.stored.CreatedAt
		same := k
		same.Credentials, same.UpdatedAt = known.stored.Credentials, known.stored.UpdatedAt
		if known.holds(n, k.Credentials) && reflect.DeepEqual(same, known.stored) {
			return nil
		}
	}
	s.seal(&k, n)
	return s.put(ctx, k)
}

// holds reports whether the credentials of e are those of n, which checkNew made unsealed of it.
func (e *entry) holds(n NewVirtualKey, unsealed []StoredCredential) bool {
	given := n.credentials()
	if len(given) != len(e.stored.Credentials) {
		return false
	}
	for i, c := range e.stored.Credentials {
		want, m := unsealed[i], &e.pool.members[i]
		if c.Name != want.Name || c.Weight != want.Weight || c.Reference != want.Reference {
			return false
		}
		_, value, _ := ReadAPIKey(given[i].Credential.Reveal())
		if c.Reference == "" && (m.err != nil || !m.Value.Equal(value)) {
			return false
		}
	}
	return true
}
