package identity

import (
	"maps"
	"slices"
	"sync"
)

// index holds all organisation data in memory, by every key that a lookup uses. Safe for
// concurrent use.
//
// Records are shared with readers: they are replaced, never modified.
type index struct {
	mu            sync.RWMutex
	organisation  Organisation          // constant
	workspaces    map[string]*Workspace // by id
	workspaceName map[string]*Workspace
	members       map[string]*Member // by id
	memberName    map[string]*Member
	teams         map[string]*Team // by id
	teamName      map[nameIn]*Team
	keys          map[string]*APIKey // by id
	keyName       map[nameIn]*APIKey
	keyHash       map[Hash]*APIKey
}

// nameIn is a name that is unique in its workspace.
type nameIn struct{ workspace, name string }

func newIndex(o Organisation) *index {
	return &index{organisation: o, workspaces: map[string]*Workspace{}, workspaceName: map[string]*Workspace{}, members: map[string]*Member{},
		memberName: map[string]*Member{}, teams: map[string]*Team{}, teamName: map[nameIn]*Team{}, keys: map[string]*APIKey{}, keyName: map[nameIn]*APIKey{}, keyHash: map[Hash]*APIKey{}}
}

func (x *index) putWorkspace(w Workspace) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if before := x.workspaces[w.ID]; before != nil {
		delete(x.workspaceName, before.Name)
	}
	x.workspaces[w.ID], x.workspaceName[w.Name] = &w, &w
}

// deleteWorkspace removes a workspace and all roles in it.
func (x *index) deleteWorkspace(id string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if w := x.workspaces[id]; w != nil {
		delete(x.workspaces, id)
		delete(x.workspaceName, w.Name)
	}
	for _, before := range x.members {
		if before.Roles[id] != "" {
			m := *before
			m.Roles = clonedRoles(before.Roles)
			delete(m.Roles, id)
			x.members[m.ID], x.memberName[m.Name] = &m, &m
		}
	}
}

func (x *index) putMember(m Member) {
	m.Roles = clonedRoles(m.Roles)
	x.mu.Lock()
	defer x.mu.Unlock()
	if before := x.members[m.ID]; before != nil {
		delete(x.memberName, before.Name)
	}
	x.members[m.ID], x.memberName[m.Name] = &m, &m
}

func (x *index) putTeam(t Team) {
	t.Members = slices.Clone(t.Members)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.removeTeam(t.ID)
	x.teams[t.ID], x.teamName[nameIn{t.Workspace, t.Name}] = &t, &t
}

func (x *index) deleteTeam(id string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.removeTeam(id)
}

// removeTeam needs mu.
func (x *index) removeTeam(id string) {
	if t := x.teams[id]; t != nil {
		delete(x.teams, id)
		delete(x.teamName, nameIn{t.Workspace, t.Name})
	}
}

func (x *index) putAPIKey(k APIKey) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.removeAPIKey(k.ID)
	x.keys[k.ID], x.keyName[nameIn{k.Workspace, k.Name}], x.keyHash[k.Hash] = &k, &k, &k
	if k.Previous != (PreviousKey{}) {
		x.keyHash[k.Previous.Hash] = &k
	}
}

func (x *index) deleteAPIKey(id string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.removeAPIKey(id)
}

// removeAPIKey needs mu.
func (x *index) removeAPIKey(id string) {
	if k := x.keys[id]; k != nil {
		delete(x.keys, id)
		delete(x.keyName, nameIn{k.Workspace, k.Name})
		delete(x.keyHash, k.Hash)
		delete(x.keyHash, k.Previous.Hash)
	}
}

// workspace finds a workspace by id, else by name.
func (x *index) workspace(ref string) *Workspace {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if w := x.workspaces[ref]; w != nil {
		return w
	}
	return x.workspaceName[ref]
}

func (x *index) workspaceNamed(name string) *Workspace {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.workspaceName[name]
}

func (x *index) member(id string) *Member {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.members[id]
}

func (x *index) memberNamed(name string) *Member {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.memberName[name]
}

func (x *index) team(id string) *Team {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.teams[id]
}

func (x *index) teamNamed(workspace, name string) *Team {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.teamName[nameIn{workspace, name}]
}

func (x *index) apiKey(id string) *APIKey {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.keys[id]
}

func (x *index) apiKeyNamed(workspace, name string) *APIKey {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.keyName[nameIn{workspace, name}]
}

// apiKeyHashed finds the API key with one of the hashes.
func (x *index) apiKeyHashed(hashes ...Hash) *APIKey {
	x.mu.RLock()
	defer x.mu.RUnlock()
	for _, h := range hashes {
		if k := x.keyHash[h]; k != nil {
			return k
		}
	}
	return nil
}

// caller finds the API key with a hash, its workspace and its member, all of one moment.
// They are nil if there is no such key, or if its member no longer belongs to the workspace.
func (x *index) caller(h Hash) (*APIKey, *Workspace, *Member) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	k := x.keyHash[h]
	if k == nil {
		return nil, nil, nil
	}
	w, m := x.workspaces[k.Workspace], x.members[k.Member]
	if w == nil || m == nil || m.role(w.ID) == "" {
		return nil, nil, nil
	}
	return k, w, m
}

// The lists are in no order.

func (x *index) allWorkspaces() []*Workspace {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return slices.Collect(maps.Values(x.workspaces))
}

func (x *index) allMembers() []*Member {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return slices.Collect(maps.Values(x.members))
}

func (x *index) allTeams() []*Team {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return slices.Collect(maps.Values(x.teams))
}

// apiKeysOf are the API keys that belong to a team.
func (x *index) apiKeysOf(team string) []*APIKey {
	return slices.DeleteFunc(x.allAPIKeys(), func(k *APIKey) bool { return k.Team != team })
}

func (x *index) allAPIKeys() []*APIKey {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return slices.Collect(maps.Values(x.keys))
}
