package session

// index finds sessions by what callers present. It is not safe for concurrent use.
type index struct {
	byID    map[string]*Session
	token   map[Hash]*Session // also by the token that was replaced last
	refresh map[Hash]*Session // also by the refresh token that was used last
}

func newIndex(all []Session) index {
	i := index{byID: make(map[string]*Session, len(all)), token: make(map[Hash]*Session, len(all)), refresh: map[Hash]*Session{}}
	for _, x := range all {
		i.put(x)
	}
	return i
}

func (i *index) put(x Session) {
	i.byID[x.ID], i.token[x.Hash] = &x, &x
	for hash, to := range map[Hash]map[Hash]*Session{x.Refresh.Replaced: i.token, x.Refresh.Hash: i.refresh, x.Refresh.Used: i.refresh} {
		if hash != (Hash{}) {
			to[hash] = &x
		}
	}
}

func (i *index) remove(id string) {
	x := i.byID[id]
	if x == nil {
		return
	}
	delete(i.byID, id)
	delete(i.token, x.Hash)
	delete(i.token, x.Refresh.Replaced)
	delete(i.refresh, x.Refresh.Hash)
	delete(i.refresh, x.Refresh.Used)
}
